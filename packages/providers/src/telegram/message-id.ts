import { OrquestaError } from "@orquesta/core";

const CHOICE = /^choice:(\d+):/;

/** The id of an answer to buttons, which has none on Telegram. */
export function choiceMessageId(menuMessageId: number, callbackId: string): string {
  return `choice:${menuMessageId}:${callbackId}`;
}

/**
 * Telegram's number of a message. An answer to buttons stands for the message with the buttons.
 * @throws SEND_REJECTED
 */
export function messageNumber(messageId: string): number {
  const digits = CHOICE.exec(messageId)?.[1] ?? messageId;
  if (/^\d{1,16}$/.test(digits)) return Number(digits);
  throw new OrquestaError("SEND_REJECTED", "the message id is none of Telegram: it is a number");
}
