import type { DurableEvent, GroupChange } from "@orquesta/core";
import type { BotMessage, BotUser, ChatMember, ChatMemberUpdate } from "../api/bot-api-types.ts";
import { chatIdOf } from "../chat-id.ts";
import { contactOfUser } from "./contact.ts";
import { senderOf, toTime } from "./incoming-message.ts";

/**
 * The events of a message that tells of a change and says nothing itself; null when it is none of those.
 * Who comes and goes is also told by `chat_member`, to admins: the same keys make one event of both.
 */
export function readServiceMessage(message: BotMessage): DurableEvent[] | null {
  const { new_chat_members, left_chat_member, chat, migrate_to_chat_id, migrate_from_chat_id } =
    message;
  if (migrate_to_chat_id !== undefined) return [migrated(chat.id, migrate_to_chat_id)];
  if (migrate_from_chat_id !== undefined) return [migrated(migrate_from_chat_id, chat.id)];
  if (new_chat_members) {
    return new_chat_members.map((user) => memberChanged(message, "joined", user, actorOf(message)));
  }
  if (left_chat_member) return [memberChanged(message, "left", left_chat_member, actorOf(message))];
  // Told by `my_chat_member` too.
  const { group_chat_created, supergroup_chat_created, channel_chat_created } = message;
  if (group_chat_created || supergroup_chat_created || channel_chat_created) return [];
  const change = changeOf(message);
  return change && [groupChanged(message, change)];
}

function changeOf(message: BotMessage): GroupChange | null {
  if (message.new_chat_title !== undefined) {
    return { kind: "subject", subject: message.new_chat_title };
  }
  if (message.new_chat_photo !== undefined || message.delete_chat_photo) return { kind: "picture" };
  const timer = message.message_auto_delete_timer_changed;
  if (!timer) return null;
  return { kind: "settings", ephemeralSeconds: timer.message_auto_delete_time || null };
}

/** Somebody came, went, became an admin or ceased to be one; none of it in a chat with one person. */
export function readMemberUpdate(update: ChatMemberUpdate): DurableEvent[] {
  const { chat, from, old_chat_member: before, new_chat_member: after } = update;
  if (chat.type === "private") return [];
  const kind = changeOfMember(before, after);
  return kind === null ? [] : [memberChanged(update, kind, after.user, from)];
}

type MemberChange = "joined" | "left" | "promoted" | "demoted";

function changeOfMember(before: ChatMember, after: ChatMember): MemberChange | null {
  if (isIn(before) !== isIn(after)) return isIn(after) ? "joined" : "left";
  if (isAdmin(before) !== isAdmin(after)) return isAdmin(after) ? "promoted" : "demoted";
  return null;
}

function isIn({ status, is_member }: ChatMember): boolean {
  return status === "restricted" ? is_member === true : status !== "left" && status !== "kicked";
}

export function isAdmin({ status }: ChatMember): boolean {
  return status === "creator" || status === "administrator";
}

function actorOf(message: BotMessage) {
  return message.from ?? null;
}

interface Happened {
  readonly chat: { readonly id: number };
  readonly date: number;
}

function memberChanged(
  { chat, date }: Happened,
  kind: MemberChange,
  user: BotUser,
  actor: BotUser | null,
): DurableEvent<"group.changed"> {
  const chatId = chatIdOf(chat);
  return {
    name: "group.changed",
    chatId,
    dedupeKey: `${chatId}|${user.id}|${kind}|${date}`,
    data: {
      chatId,
      actor: actor && contactOfUser(actor),
      change: { kind, participants: [contactOfUser(user)] },
      changedAt: toTime(date),
    },
  };
}

function groupChanged(message: BotMessage, change: GroupChange): DurableEvent<"group.changed"> {
  const chatId = chatIdOf(message.chat);
  return {
    name: "group.changed",
    chatId,
    dedupeKey: `${chatId}|${message.message_id}|${change.kind}`,
    data: { chatId, actor: senderOf(message), change, changedAt: toTime(message.date) },
  };
}

/** A group that became a supergroup: told in both, and to whoever writes to the former one. */
export function migrated(from: number, to: number): DurableEvent<"chat.migrated"> {
  const data = { from: String(from), to: String(to) };
  return {
    name: "chat.migrated",
    chatId: data.from,
    dedupeKey: `${data.from}|migrated|${data.to}`,
    data,
  };
}
