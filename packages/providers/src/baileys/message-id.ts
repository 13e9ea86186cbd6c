import { randomBytes } from "node:crypto";

/** A fresh message id in the form of WhatsApp Web's. */
export function createMessageId(): string {
  return `3EB0${randomBytes(9).toString("hex").toUpperCase()}`;
}
