import type { DurableEvent, IncomingMessage } from "@orquesta/core";

/** A message as the journal tells it: of somebody else, or of the account on another device. */
export function toMessageEvent(
  message: IncomingMessage,
  kind: string,
  isFromMe: boolean,
): DurableEvent {
  const { chatId } = message;
  const dedupeKey = `${chatId}|${message.sender.id}|${message.id}|${kind}`;
  return isFromMe
    ? { name: "message.sent", data: { origin: "device", message }, chatId, dedupeKey }
    : { name: "message.received", data: { message }, chatId, dedupeKey };
}
