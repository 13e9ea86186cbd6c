import type { ContactOperations } from "@orquesta/core";
import { parseChatId } from "../../shared/whatsapp/chat-id.ts";
import { groupAt } from "./group-at.ts";
import { ask, missing, type OperationParts } from "./operation-parts.ts";
import { findPicture } from "./profile-picture.ts";

export function contactOperations(parts: OperationParts): ContactOperations {
  const { client, people } = parts;

  /** @returns null where nobody is */
  const find = async (address: string): Promise<string | null> => {
    if (address.endsWith("@lid")) return address;
    const found = await client.getNumberId(people.addressOf(address));
    return found?._serialized ?? null;
  };

  const setBlocked = async (contactId: string, blocked: boolean): Promise<void> => {
    const contact = await client.getContactById(people.addressOf(contactId));
    await (blocked ? contact.block() : contact.unblock());
  };

  return {
    check: (inputs, signal) =>
      ask(parts, signal, async () => {
        const checks = [];
        for (const input of inputs) {
          const address = addressOf(input);
          const found = address && (await find(address));
          const contact = found ? (await people.identify(found)).contact : null;
          checks.push({ input, contact });
        }
        return checks;
      }),
    get: (contactId, signal) =>
      ask(parts, signal, async () => {
        const found = await find(contactId);
        if (found === null) throw missing("CONTACT_NOT_FOUND", "nobody is at this address");
        const contact = await client.getContactById(found);
        const about = await contact.getAbout();
        const name = contact.pushname ?? contact.name ?? null;
        return { ...(await people.identify(found, name)).contact, about };
      }),
    picture: (contactId, signal) =>
      ask(parts, signal, async () => {
        const isGroup = contactId.endsWith("@g.us");
        const address = isGroup
          ? (await groupAt(client, contactId)).id._serialized
          : await find(contactId);
        if (address === null) throw missing("CONTACT_NOT_FOUND", "nobody is at this address");
        return await findPicture(client, address);
      }),
    block: (contactId, signal) => ask(parts, signal, () => setBlocked(contactId, true)),
    unblock: (contactId, signal) => ask(parts, signal, () => setBlocked(contactId, false)),
    blocked: (signal) =>
      ask(parts, signal, async () => {
        const contacts = await client.getBlockedContacts();
        const ids = contacts.map(({ id }) => id._serialized);
        return (await people.identifyAll(ids)).map(({ contact }) => contact.id);
      }),
  };
}

/** What people typed; null when it is no address of a person. */
function addressOf(input: string): string | null {
  try {
    const address = parseChatId(input);
    return address.endsWith("@g.us") ? null : address;
  } catch {
    return null;
  }
}
