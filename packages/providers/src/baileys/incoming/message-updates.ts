import type { DurableEvent, MessageStatus } from "@orquesta/core";
import type { BinaryNode } from "@whiskeysockets/baileys";
import type { ContactDirectory } from "../contact-directory.ts";
import { isGroupJid } from "../jid.ts";
import { refusalOf } from "../refusal.ts";
import { isOwn, type OwnAddresses } from "./stanza-envelope.ts";

/** Receipts without a type say "delivered"; types that are not here say nothing about our messages. */
const STATUS_OF_TYPE: Readonly<Record<string, MessageStatus>> = {
  "": "delivered",
  read: "read",
  played: "read",
};

/** Turns receipts and acknowledgements about our messages into events. */
export class MessageUpdates {
  readonly #contacts: ContactDirectory;
  readonly #me: () => OwnAddresses | undefined;
  readonly #chatOf: (messageId: string) => string | undefined;

  /** @param chatOf the chat that a message was sent to, as the caller named it */
  constructor(
    contacts: ContactDirectory,
    me: () => OwnAddresses | undefined,
    chatOf: (messageId: string) => string | undefined,
  ) {
    this.#contacts = contacts;
    this.#me = me;
    this.#chatOf = chatOf;
  }

  async readReceipt({ attrs, content }: BinaryNode): Promise<DurableEvent[]> {
    const { id, from, participant } = attrs;
    const status = STATUS_OF_TYPE[attrs["type"] ?? ""];
    const me = this.#me();
    if (!id || !from || status === undefined || me === undefined) return [];
    // With a recipient, or from ourselves, it is about what other devices of ours do.
    if (attrs["recipient"] || isOwn(participant ?? from, me)) return [];
    const contactId = isGroupJid(from) && participant ? await this.#idOf(participant) : null;
    const updates = [id, ...furtherIds(content)].map(async (messageId) =>
      toEvent({
        chatId: this.#chatOf(messageId) ?? (await this.#idOf(from)),
        messageId,
        status,
        contactId,
        error: null,
      }),
    );
    return await Promise.all(updates);
  }

  /** A refusal that came when nobody waited for the answer any more. */
  async readAcknowledgement({ attrs }: BinaryNode): Promise<DurableEvent[]> {
    const { id, from, error } = attrs;
    if (attrs["class"] !== "message" || !id || !from || !error) return [];
    return [
      toEvent({
        chatId: this.#chatOf(id) ?? (await this.#idOf(from)),
        messageId: id,
        status: "failed",
        contactId: null,
        error: { code: error, message: refusalOf(error) },
      }),
    ];
  }

  async #idOf(jid: string): Promise<string> {
    return (await this.#contacts.identify({ jid, alternative: null }, null, null)).id;
  }
}

type Update = DurableEvent<"message.updated">["data"];

function toEvent(data: Update): DurableEvent {
  const { chatId, messageId, status, contactId } = data;
  return {
    name: "message.updated",
    data,
    chatId,
    dedupeKey: `${chatId}|${messageId}|${status}|${contactId ?? ""}`,
  };
}

function furtherIds(content: BinaryNode["content"]): string[] {
  const list = Array.isArray(content) ? content.find(({ tag }) => tag === "list") : undefined;
  if (!Array.isArray(list?.content)) return [];
  return list.content.flatMap(({ tag, attrs }) =>
    tag === "item" && attrs["id"] ? [attrs["id"]] : [],
  );
}
