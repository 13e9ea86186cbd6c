import type { Change, DurableEvent, MessageStatus } from "@orquesta/core";
import type { Message, PollVote, Reaction } from "whatsapp-web.js";
import { z } from "zod";
import type { People } from "../people.ts";
import { readRaw, widSchema } from "../raw-message.ts";
import { readContent } from "./incoming-content.ts";
import { chatOf } from "./incoming-message.ts";

/** WhatsApp Web's acknowledgements; 1, "the server has it", is what sending waits for. */
const STATUS_OF_ACK: Readonly<Record<number, MessageStatus>> = {
  [-1]: "failed",
  2: "delivered",
  3: "read",
  4: "read",
};

const keySchema = z.object({ id: z.string(), remote: widSchema });
const voteSchema = z.object({
  voter: widSchema,
  parentMsgKey: keySchema,
  interractedAtTs: z.coerce.number().optional(),
  selectedOptions: z.array(z.object({ name: z.string().optional() })),
});
const reactionSchema = z.object({
  msgId: keySchema,
  senderId: widSchema,
  /** Unix seconds, with fractions. */
  timestamp: z.coerce.number(),
  reaction: z.string().nullish(),
});

type IsOwn = (contactId: string) => boolean;

/** How far a message of ours got. */
export async function readAck(web: Message, ack: number, people: People): Promise<Change | null> {
  const status = STATUS_OF_ACK[ack];
  if (status === undefined || !web.fromMe) return null;
  const { contact: chat, keys } = await people.identify(chatOf(web));
  const error =
    status === "failed" ? { code: "SEND_REJECTED", message: "WhatsApp did not take it" } : null;
  const data = { chatId: chat.id, messageId: web.id.id, status, contactId: null, error };
  const dedupeKey = `${chat.id}|${web.id.id}|${status}|`;
  return change({ name: "message.updated", data, chatId: chat.id, dedupeKey }, keys);
}

/** The page also says so when it only learns more about a message: an edit has a time. */
export async function readEdit(web: Message, people: People): Promise<Change | null> {
  const { latestEditSenderTimestampMs: at } = readRaw(web);
  const content = readContent(web);
  if (web.fromMe || content === null || at === undefined) return null;
  const [chat, sender] = await people.identifyAll([chatOf(web), web.author ?? web.from]);
  if (!chat || !sender) return null;
  const chatId = chat.contact.id;
  const messageId = web.id.id;
  const data = { chatId, messageId, sender: sender.contact, content, editedAt: toTime(at) };
  const dedupeKey = `${chatId}|${messageId}|edited|${at}`;
  return change({ name: "message.edited", data, chatId, dedupeKey }, sender.keys);
}

export async function readRevocation(
  web: Message,
  people: People,
  isOwn: IsOwn,
): Promise<Change | null> {
  const { revokeSender, protocolMessageKey } = readRaw(web);
  const by = revokeSender ?? (web.fromMe ? null : (web.author ?? web.from));
  if (by === null) return null;
  const [chat, sender] = await people.identifyAll([chatOf(web), by]);
  if (!chat || !sender || isOwn(sender.contact.id)) return null;
  const chatId = chat.contact.id;
  const messageId = protocolMessageKey?.id ?? web.id.id;
  const deletedAt = toTime(Date.now());
  const data = { chatId, messageId, sender: sender.contact, deletedAt };
  const dedupeKey = `${chatId}|${messageId}|deleted`;
  return change({ name: "message.deleted", data, chatId, dedupeKey }, sender.keys);
}

export async function readReaction(
  reaction: Reaction,
  people: People,
  isOwn: IsOwn,
): Promise<Change | null> {
  const { msgId, senderId, timestamp, reaction: emoji } = reactionSchema.parse(reaction);
  const [chat, sender] = await people.identifyAll([msgId.remote, senderId]);
  if (!chat || !sender || isOwn(sender.contact.id)) return null;
  const chatId = chat.contact.id;
  const at = Math.round(timestamp * 1000);
  const data = {
    chatId,
    messageId: msgId.id,
    sender: sender.contact,
    emojis: emoji ? [emoji] : [],
    reactedAt: toTime(at),
  };
  const dedupeKey = `${chatId}|${msgId.id}|reacted|${sender.contact.id}|${at}`;
  return change({ name: "message.reacted", data, chatId, dedupeKey }, sender.keys);
}

export async function readVote(
  vote: PollVote,
  people: People,
  isOwn: IsOwn,
): Promise<Change | null> {
  const { voter: address, parentMsgKey, interractedAtTs, selectedOptions } = voteSchema.parse(vote);
  const [chat, voter] = await people.identifyAll([parentMsgKey.remote, address]);
  if (!chat || !voter || isOwn(voter.contact.id)) return null;
  const chatId = chat.contact.id;
  const messageId = parentMsgKey.id;
  const at = interractedAtTs ?? Date.now();
  // Without the poll itself the page knows only their numbers.
  const options = selectedOptions.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (options.length < selectedOptions.length) return null;
  const data = { chatId, messageId, voter: voter.contact, options, votedAt: toTime(at) };
  const dedupeKey = `${chatId}|${messageId}|voted|${voter.contact.id}|${at}`;
  return change({ name: "poll.voted", data, chatId, dedupeKey }, voter.keys);
}

function change(event: DurableEvent, keys: Change["keys"]): Change {
  return { events: [event], ...(keys && { keys }) };
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}
