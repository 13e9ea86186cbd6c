import {
  isOrquestaError,
  OrquestaError,
  type OutboxMessage,
  type Sent,
  type SessionContext,
  waitFor,
} from "@orquesta/core";
import type { Client, Message } from "whatsapp-web.js";
import type { WhatsappWebLibrary } from "../whatsappweb-library.ts";
import type { WhatsappWebSettings } from "../whatsappweb-options.ts";
import { toIncomingMessage } from "./incoming-message.ts";
import { textOf } from "./outgoing-message.ts";
import { toWebId } from "./whatsapp-id.ts";

const SEND_TIMEOUT_MS = 60_000;

export interface MessagingParts {
  readonly client: Client;
  readonly library: WhatsappWebLibrary;
  readonly context: SessionContext<WhatsappWebSettings>;
  /** Fires when the session is over. */
  readonly ended: AbortSignal;
}

/** What a session does with messages. It listens from the moment it is made. */
export interface Messaging {
  send(message: OutboxMessage, signal: AbortSignal): Promise<Sent>;
  /** The session is ready: commits what came while it was away. Never rejects. */
  reconcile(): Promise<void>;
}

export function createMessaging(parts: MessagingParts): Messaging {
  const { client } = parts;
  client.on("message", (message) => void receive(parts, message));
  return {
    send: (message, signal) => send(parts, message, signal),
    reconcile: async () => {},
  };
}

async function receive({ context }: MessagingParts, web: Message): Promise<void> {
  const message = toIncomingMessage(web);
  if (message === null) return;
  const { chatId } = message;
  const dedupeKey = `${chatId}|${message.sender.id}|${message.id}|text`;
  const event = { name: "message.received", data: { message }, chatId, dedupeKey } as const;
  await context.commit({ events: [event] }).catch((error: unknown) => {
    context.logger.error("a message could not be stored", { error });
  });
}

async function send(
  { client, ended }: MessagingParts,
  message: OutboxMessage,
  signal: AbortSignal,
): Promise<Sent> {
  const text = textOf(message);
  try {
    const sent = await waitFor(client.sendMessage(toWebId(message.chatId), text), "send", {
      signal: AbortSignal.any([signal, ended]),
      timeoutMs: SEND_TIMEOUT_MS,
    });
    if (sent) return { messageId: sent.id.id };
  } catch (cause) {
    if (isOrquestaError(cause, "CAPABILITY_MISSING")) throw cause;
    throw new OrquestaError("SEND_OUTCOME_UNKNOWN", "nobody knows whether it was sent", { cause });
  }
  throw new OrquestaError("SEND_REJECTED", "WhatsApp knows no such chat");
}
