import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import {
  type KeptMedia,
  type MediaReference,
  type Operations,
  OrquestaError,
  type SessionOperations,
} from "../../index.ts";
import type { FakeAccount } from "./fake-account.ts";
import { fakeContact } from "./fake-contact.ts";

/** An address of the right form that nobody has. */
export const FAKE_NOBODY = "5500000000000";

/** What a session of the fake platform can do, as far as it is declared. */
export function fakeOperations(
  account: FakeAccount,
  media: KeptMedia,
  declared: readonly string[],
): SessionOperations {
  const all = everyOperation(account, media);
  return Object.fromEntries(
    Object.entries(all).map(([group, operations]) => [
      group,
      Object.fromEntries(
        Object.entries(operations).filter(([name]) => declared.includes(`${group}.${name}`)),
      ),
    ]),
  );
}

function everyOperation(account: FakeAccount, media: KeptMedia): Operations {
  const { groups, pictures } = account;
  const setPicture = async (id: string, picture: MediaReference | null) => {
    if (picture === null) pictures.delete(id);
    else pictures.set(id, await buffer(await media.open(picture)));
  };
  return {
    chats: {
      async setPresence(chatId, presence) {
        account.presence.set(chatId, presence);
      },
      async markRead(chatId, ids) {
        const all = account.messages.filter((message) => message.chatId === chatId);
        for (const id of ids.length > 0 ? ids : all.map((message) => message.id)) {
          account.read.add(id);
        }
        account.changeChat(chatId, { unread: false });
      },
      async markUnread(chatId) {
        account.changeChat(chatId, { unread: true });
      },
      async archive(chatId, archived) {
        account.changeChat(chatId, { archived });
      },
      async mute(chatId, until) {
        account.changeChat(chatId, { muted: until !== null });
      },
      async pin(chatId, pinned) {
        account.changeChat(chatId, { pinned });
      },
    },
    groups: {
      create: async (group) => groups.create(group, account.contact.id),
      get: async (id) => groups.get(id),
      list: async () => groups.list(),
      changeParticipants: async (id, action, ids) =>
        ids.map((contactId) => groups.changeParticipant(id, action, contactId)),
      setSubject: async (id, subject) => groups.change(id, { subject }),
      setDescription: async (id, description) => groups.change(id, { description }),
      async setPicture(id, picture) {
        groups.get(id);
        await setPicture(id, picture);
      },
      inviteLink: async (id) => groups.link(id),
      revokeInviteLink: async (id) => groups.revokeLink(id),
      join: async (link) => groups.join(link, account.contact.id),
      leave: async (id) => groups.leave(id),
      setSettings: async (id, { announceOnly, locked, joinApproval }) =>
        groups.change(id, {
          ...(announceOnly !== undefined && { announceOnly }),
          ...(locked !== undefined && { locked }),
          ...(joinApproval !== undefined && { joinApproval }),
        }),
      setEphemeral: async (id, ephemeralSeconds) => groups.change(id, { ephemeralSeconds }),
    },
    contacts: {
      check: async (inputs) =>
        inputs.map((input) => {
          const digits = input.replace(/\D/g, "");
          const exists = digits.length > 4 && digits !== FAKE_NOBODY;
          return { input, contact: exists ? fakeContact(digits, null) : null };
        }),
      async get(id) {
        if (id !== FAKE_NOBODY) return { ...fakeContact(id, null), about: null };
        throw new OrquestaError("CONTACT_NOT_FOUND", "the fake platform knows no such contact");
      },
      async picture(id) {
        const bytes = pictures.get(id);
        if (!bytes) return null;
        const mediaId = randomUUID();
        account.media.set(mediaId, bytes);
        return { id: mediaId, mimeType: "image/jpeg", size: bytes.length, fileName: null };
      },
      async block(id) {
        account.blocked.add(id);
      },
      async unblock(id) {
        account.blocked.delete(id);
      },
      blocked: async () => [...account.blocked],
    },
    profile: {
      get: async () => ({ ...account.contact, name: account.name, about: account.about }),
      async setName(name) {
        account.name = name;
      },
      async setAbout(about) {
        account.about = about;
      },
      setPicture: (picture) => setPicture(account.contact.id, picture),
    },
    calls: {
      async reject(callId) {
        if (account.calls.get(callId) === "ringing") account.calls.set(callId, "rejected");
      },
    },
  };
}
