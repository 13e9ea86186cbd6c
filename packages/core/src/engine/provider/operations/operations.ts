import type { CallOperations } from "./call-operations.ts";
import type { ChatOperations } from "./chat-operations.ts";
import type { ContactOperations } from "./contact-operations.ts";
import type { GroupOperations } from "./group-operations.ts";
import type { ProfileOperations } from "./profile-operations.ts";

/**
 * What a session may be able to do besides sending. It has those that its provider's capabilities name,
 * and no others. Each heeds its signal and throws SESSION_CLOSED when the session is over,
 * OPERATION_REFUSED with the platform's words when the platform says no.
 */
export interface Operations {
  readonly chats: ChatOperations;
  readonly groups: GroupOperations;
  readonly contacts: ContactOperations;
  readonly profile: ProfileOperations;
  readonly calls: CallOperations;
}

export type OperationGroup = keyof Operations;

/** Such as `groups.create`. */
export type OperationName = {
  [Group in OperationGroup]: `${Group}.${keyof Operations[Group] & string}`;
}[OperationGroup];

export type SessionOperations = {
  readonly [Group in OperationGroup]?: Partial<Operations[Group]>;
};

/** A list that holds every name: one that is forgotten does not compile. */
function everyName<const List extends readonly OperationName[]>(
  list: [OperationName] extends [List[number]] ? List : never,
): List {
  return list;
}

export const OPERATION_NAMES = everyName([
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
  "groups.inviteLink",
  "groups.revokeInviteLink",
  "groups.join",
  "groups.leave",
  "groups.setSettings",
  "groups.setEphemeral",
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
]);
