import type { GroupOperations, GroupParticipant, GroupView } from "@orquesta/core";
import { OrquestaError } from "@orquesta/core";
import type { ChatMember, FullChat } from "../api/bot-api-types.ts";
import { targetOf } from "../chat-id.ts";
import { contactOfUser } from "../incoming/contact.ts";
import { openUpload } from "../outgoing/upload.ts";
import { type AskOptions, ask, askFor } from "./ask.ts";
import type { OperationParts } from "./operation-parts.ts";
import { makeParticipantOperations } from "./participant-operations.ts";

const UNCHANGED = /is not modified|NOT_MODIFIED/i;

type Groups = Pick<
  GroupOperations,
  | "get"
  | "changeParticipants"
  | "setSubject"
  | "setDescription"
  | "setPicture"
  | "inviteLink"
  | "revokeInviteLink"
  | "leave"
  | "setSettings"
>;

export function makeGroupOperations(parts: OperationParts): Groups {
  const { api, context, currentChat } = parts;
  const chatOf = async (groupId: string) => targetOf(await currentChat(groupId)).chat_id;
  const options = (signal: AbortSignal): AskOptions => ({ signal, notFound: "GROUP_NOT_FOUND" });
  const change = async (
    method: string,
    groupId: string,
    payload: object,
    signal: AbortSignal,
  ): Promise<void> => {
    const chat_id = await chatOf(groupId);
    const asked = { ...options(signal), doneWhen: UNCHANGED };
    await ask(api, method, { chat_id, ...payload }, asked);
  };
  const getGroup = async (groupId: string, signal: AbortSignal) => {
    const chat_id = await chatOf(groupId);
    const chat = await askFor<FullChat>(api, "getChat", { chat_id }, options(signal));
    if (chat.type !== "private") return chat;
    throw new OrquestaError("GROUP_NOT_FOUND", "this is a chat with one person");
  };
  const newLink = async (groupId: string, signal: AbortSignal) => {
    const chat_id = await chatOf(groupId);
    return await askFor<string>(api, "exportChatInviteLink", { chat_id }, options(signal));
  };
  return {
    ...makeParticipantOperations(parts, chatOf),
    async get(groupId, signal) {
      const chat = await getGroup(groupId, signal);
      const payload = { chat_id: chat.id };
      const [admins, size] = await Promise.all([
        askFor<ChatMember[]>(api, "getChatAdministrators", payload, options(signal)),
        askFor<number>(api, "getChatMemberCount", payload, options(signal)),
      ]);
      return toView(chat, admins, size);
    },
    setSubject: (groupId, title, signal) => change("setChatTitle", groupId, { title }, signal),
    setDescription: (groupId, description, signal) =>
      change("setChatDescription", groupId, { description: description ?? "" }, signal),
    async setPicture(groupId, picture, signal) {
      if (picture === null) return await change("deleteChatPhoto", groupId, {}, signal);
      const photo = await openUpload(context.media, picture, "photo");
      await change("setChatPhoto", groupId, { photo }, signal);
    },
    async inviteLink(groupId, signal) {
      const { invite_link } = await getGroup(groupId, signal);
      return invite_link ?? (await newLink(groupId, signal));
    },
    // A new link ends the one that the bot had.
    revokeInviteLink: newLink,
    leave: (groupId, signal) => change("leaveChat", groupId, {}, signal),
    async setSettings(groupId, { announceOnly, locked, joinApproval }, signal) {
      if (joinApproval !== undefined) {
        const message = "a bot cannot change whether people who join wait for an admin";
        throw new OrquestaError("OPERATION_REFUSED", message);
      }
      const { permissions } = await getGroup(groupId, signal);
      const changed = {
        ...permissions,
        ...(announceOnly !== undefined && sending(!announceOnly)),
        ...(locked !== undefined && { can_change_info: !locked }),
      };
      await change("setChatPermissions", groupId, { permissions: changed }, signal);
    },
  };
}

/** Everything that members may send. */
function sending(allowed: boolean): Record<string, boolean> {
  const kinds = [
    "messages",
    "audios",
    "documents",
    "photos",
    "videos",
    "video_notes",
    "voice_notes",
    "polls",
    "other_messages",
  ];
  return Object.fromEntries(kinds.map((kind) => [`can_send_${kind}`, allowed]));
}

function toView(chat: FullChat, admins: readonly ChatMember[], size: number): GroupView {
  const participants = admins.map(toParticipant);
  return {
    id: String(chat.id),
    subject: chat.title ?? "",
    description: chat.description ?? null,
    createdAt: null,
    ownerId: participants.find(({ role }) => role === "owner")?.contact.id ?? null,
    size,
    participants,
    announceOnly: chat.permissions?.can_send_messages === false,
    locked: chat.permissions?.can_change_info === false,
    joinApproval: chat.join_by_request === true,
    ephemeralSeconds: chat.message_auto_delete_time ?? null,
  };
}

function toParticipant({ user, status }: ChatMember): GroupParticipant {
  return { contact: contactOfUser(user), role: status === "creator" ? "owner" : "admin" };
}
