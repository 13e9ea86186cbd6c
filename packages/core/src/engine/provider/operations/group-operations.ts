import type { Contact } from "../../message/contact.ts";
import type { MediaReference } from "../../message/media-reference.ts";

export interface GroupParticipant {
  readonly contact: Contact;
  readonly role: "member" | "admin" | "owner";
}

export interface GroupView {
  readonly id: string;
  readonly subject: string;
  readonly description: string | null;
  /** ISO 8601 UTC; null when the platform does not say. */
  readonly createdAt: string | null;
  readonly ownerId: string | null;
  /** How many are in it, also where the platform does not tell who. */
  readonly size: number;
  /** Those that the platform tells of: everybody on WhatsApp, the admins on Telegram. */
  readonly participants: readonly GroupParticipant[];
  readonly announceOnly: boolean;
  readonly locked: boolean;
  readonly joinApproval: boolean;
  /** After how many seconds messages vanish; null: never. */
  readonly ephemeralSeconds: number | null;
}

export interface NewGroup {
  readonly subject: string;
  /** Ids of contacts. */
  readonly participants: readonly string[];
}

export interface GroupSettings {
  /** Only admins write. */
  readonly announceOnly?: boolean | undefined;
  /** Only admins change subject, description and picture. */
  readonly locked?: boolean | undefined;
  /** Whoever wants to join waits for an admin. */
  readonly joinApproval?: boolean | undefined;
}

/** What became of one contact. */
export interface ParticipantResult {
  readonly contactId: string;
  readonly ok: boolean;
  /** Why not, in the platform's words; null when it is done. */
  readonly reason: string | null;
}

/** Every operation on one group throws GROUP_NOT_FOUND where the account is in no such group. */
export interface GroupOperations {
  create(group: NewGroup, signal: AbortSignal): Promise<GroupView>;
  get(groupId: string, signal: AbortSignal): Promise<GroupView>;
  /** Those that the account is in. */
  list(signal: AbortSignal): Promise<readonly GroupView[]>;
  /** One result for each, in their order; some may be done and others not. */
  changeParticipants(
    groupId: string,
    action: "add" | "remove" | "promote" | "demote",
    contactIds: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly ParticipantResult[]>;
  setSubject(groupId: string, subject: string, signal: AbortSignal): Promise<void>;
  /** @param description null takes it away */
  setDescription(groupId: string, description: string | null, signal: AbortSignal): Promise<void>;
  /** @param picture null takes it away */
  setPicture(groupId: string, picture: MediaReference | null, signal: AbortSignal): Promise<void>;
  /** A URL that lets whoever opens it join. */
  inviteLink(groupId: string, signal: AbortSignal): Promise<string>;
  /** The former link is dead from now on. @returns the new one */
  revokeInviteLink(groupId: string, signal: AbortSignal): Promise<string>;
  /** @param link as `inviteLink` gives it, or its code. @returns the group's id */
  join(link: string, signal: AbortSignal): Promise<string>;
  leave(groupId: string, signal: AbortSignal): Promise<void>;
  /** Changes what is given. */
  setSettings(groupId: string, settings: GroupSettings, signal: AbortSignal): Promise<void>;
  /** @param seconds after which messages vanish; null: never */
  setEphemeral(groupId: string, seconds: number | null, signal: AbortSignal): Promise<void>;
}
