import type { ContactCard } from "@orquesta/core";
import type { Payload } from "../api/bot-api.ts";
import type { ChatTarget } from "../chat-id.ts";
import type { Call } from "./call.ts";

const MAX_VCARD_BYTES = 2048;

/** Telegram has one contact in a message: each card becomes a message of its own. */
export function toContactCalls(
  cards: readonly ContactCard[],
  target: ChatTarget,
  quoting: Payload,
): Call[] {
  return cards.map((card, index) => ({
    method: "sendContact",
    payload: {
      ...target,
      phone_number: card.phones[0],
      first_name: card.name,
      ...vcardOf(card),
      ...(index === 0 && quoting),
    },
  }));
}

/** What does not fit into the two fields; left out where Telegram would refuse it. */
function vcardOf({ name, phones, organization, email }: ContactCard): Payload {
  if (phones.length === 1 && organization === undefined && email === undefined) return {};
  const lines = [
    "BEGIN:VCARD",
    "VERSION:3.0",
    `FN:${escaped(name)}`,
    ...phones.map((phone) => `TEL:${escaped(phone)}`),
    ...(organization === undefined ? [] : [`ORG:${escaped(organization)}`]),
    ...(email === undefined ? [] : [`EMAIL:${escaped(email)}`]),
    "END:VCARD",
  ];
  const vcard = lines.join("\n");
  return Buffer.byteLength(vcard) <= MAX_VCARD_BYTES ? { vcard } : {};
}

/** RFC 2426, section 4. */
function escaped(text: string): string {
  return text.replace(/[\\,;]/g, "\\$&").replace(/\r?\n/g, "\\n");
}
