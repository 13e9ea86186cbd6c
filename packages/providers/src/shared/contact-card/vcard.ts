import type { ContactCard } from "@orquesta/core";

/** Writes a visiting card as vCard 3.0 (RFC 2426), with `waid` where WhatsApp looks for an account. */
export function writeVcard({ name, phones, organization, email }: ContactCard): string {
  return [
    "BEGIN:VCARD",
    "VERSION:3.0",
    `N:;${escapeText(name)};;;`,
    `FN:${escapeText(name)}`,
    ...(organization === undefined ? [] : [`ORG:${escapeText(organization)};`]),
    ...phones.map(writePhone),
    ...(email === undefined ? [] : [`EMAIL;type=INTERNET:${escapeText(email)}`]),
    "END:VCARD",
  ].join("\n");
}

/**
 * Reads what WhatsApp and Telegram put into messages: vCard 2.1 to 4.0, as far as it says what a card
 * has. Never fails; what is not there is empty.
 */
export function readVcard(vcard: string, displayName: string | null): ContactCard {
  const properties = propertiesOf(vcard);
  const first = (name: string) => properties.find((property) => property.name === name)?.value;
  const phones = properties.filter(({ name }) => name === "TEL").map(({ value }) => value);
  const organization = first("ORG")?.replace(/;+$/, "");
  const email = first("EMAIL");
  return {
    name: first("FN") || displayName || phones[0] || "",
    phones,
    ...(organization && { organization }),
    ...(email && { email }),
  };
}

interface Property {
  readonly name: string;
  readonly value: string;
}

/** `[group.]NAME[;parameters]:value`, a line that begins with a blank goes on with the one before. */
const PROPERTY = /^(?:[\w-]{1,64}\.)?([A-Za-z-]{1,64})(?:;[^:]*)?:(.*)$/;

function propertiesOf(vcard: string): Property[] {
  const lines = vcard.replaceAll(/\r?\n[ \t]/g, "").split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, name, value] = PROPERTY.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{ name: name.toUpperCase(), value: unescapeText(value).trim() }];
  });
}

function writePhone(phone: string): string {
  const digits = phone.replaceAll(/\D/g, "");
  return `TEL;type=CELL;type=VOICE;waid=${digits}:${escapeText(phone)}`;
}

function escapeText(value: string): string {
  return value.replaceAll(/[\\;,]/g, "\\$&").replaceAll(/\r?\n/g, "\\n");
}

function unescapeText(value: string): string {
  return value.replaceAll(/\\([\\;,:nN])/g, (_, escaped: string) =>
    escaped.toLowerCase() === "n" ? "\n" : escaped,
  );
}
