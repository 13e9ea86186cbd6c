import type { OperationName, SessionOperations } from "@orquesta/core";
import { ownName } from "../messages/page-questions.ts";
import { chatOperations } from "./chat-operations.ts";
import { contactOperations } from "./contact-operations.ts";
import { groupOperations } from "./group-operations.ts";
import { ask, type OperationParts, refused } from "./operation-parts.ts";
import { changePicture } from "./profile-picture.ts";

/** What sessions can do besides sending: exactly what `createOperations` gives. */
export const OPERATIONS: readonly OperationName[] = [
  "chats.setPresence",
  "chats.markRead",
  "chats.markUnread",
  "chats.archive",
  "chats.mute",
  "chats.pin",
  "groups.create",
  "groups.get",
  "groups.list",
  "groups.changeParticipants",
  "groups.setSubject",
  "groups.setDescription",
  "groups.setPicture",
  "groups.setSettings",
  "groups.inviteLink",
  "groups.revokeInviteLink",
  "groups.join",
  "groups.leave",
  "contacts.check",
  "contacts.get",
  "contacts.picture",
  "contacts.block",
  "contacts.unblock",
  "contacts.blocked",
  "profile.get",
  "profile.setName",
  "profile.setAbout",
  "profile.setPicture",
  "calls.reject",
];

export function createOperations(parts: OperationParts): SessionOperations {
  const { client, people, calls } = parts;
  return {
    chats: chatOperations(parts),
    contacts: contactOperations(parts),
    groups: groupOperations(parts),
    profile: {
      get: (signal) =>
        ask(parts, signal, async () => {
          const own = client.info.wid._serialized;
          const contact = await client.getContactById(own);
          const about = await contact.getAbout();
          return { ...(await people.identify(own, await ownName(client))).contact, about };
        }),
      setName: (name, signal) =>
        ask(parts, signal, async () => {
          if (!(await client.setDisplayName(name))) throw refused("the name cannot be changed");
        }),
      setAbout: (about, signal) => ask(parts, signal, () => client.setStatus(about)),
      setPicture: (picture, signal) =>
        ask(parts, signal, async () => {
          const isDone = await changePicture(parts, picture, {
            address: client.info.wid._serialized,
            set: (media) => client.setProfilePicture(media),
            remove: () => client.deleteProfilePicture(),
          });
          if (!isDone) throw refused("the picture cannot be changed");
        }),
    },
    calls: {
      reject: (callId, signal) =>
        ask(parts, signal, async () => {
          await calls.find(callId)?.reject();
        }),
    },
  };
}
