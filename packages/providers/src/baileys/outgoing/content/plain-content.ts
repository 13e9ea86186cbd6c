import type { ContactCard, OutboxContentOf } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import { writeVcard } from "../../../shared/contact-card/vcard.ts";

type Context = proto.IContextInfo | null;

export function toLocation(
  { latitude, longitude, name, address }: OutboxContentOf<"location">,
  contextInfo: Context,
): proto.IMessage {
  return {
    locationMessage: {
      degreesLatitude: latitude,
      degreesLongitude: longitude,
      ...(name !== undefined && { name }),
      ...(address !== undefined && { address }),
      contextInfo,
    },
  };
}

export function toContacts(
  { contacts }: OutboxContentOf<"contacts">,
  contextInfo: Context,
): proto.IMessage {
  const [first, ...others] = contacts.map(toContactMessage);
  if (first !== undefined && others.length === 0) {
    return { contactMessage: { ...first, contextInfo } };
  }
  const displayName = `${contacts.length} contacts`;
  return {
    contactsArrayMessage: { displayName, contacts: first ? [first, ...others] : [], contextInfo },
  };
}

function toContactMessage(card: ContactCard): proto.Message.IContactMessage {
  return { displayName: card.name, vcard: writeVcard(card) };
}

/** The third version of polls is for one choice, the first one for as many as there are. */
export function toPoll(
  { question, options, multiple = false }: OutboxContentOf<"poll">,
  contextInfo: Context,
): proto.IMessage {
  const poll = {
    name: question,
    options: options.map((optionName) => ({ optionName })),
    selectableOptionsCount: multiple ? 0 : 1,
    contextInfo,
  };
  return multiple ? { pollCreationMessage: poll } : { pollCreationMessageV3: poll };
}
