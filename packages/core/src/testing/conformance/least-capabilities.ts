import assert from "node:assert/strict";
import {
  type Capabilities,
  type EventName,
  type IncomingKind,
  OPERATION_NAMES,
  type OperationName,
  type OutgoingKind,
} from "../../index.ts";

/** What a provider has to declare at the least. */
export interface LeastCapabilities {
  readonly outgoing: readonly OutgoingKind[];
  readonly incoming: readonly IncomingKind[];
  readonly events: readonly EventName[];
  readonly operations: readonly OperationName[];
}

const MEDIA = ["image", "video", "audio", "voice", "document", "sticker"] as const;
const SHOWN = ["text", ...MEDIA, "location", "contacts", "poll"] as const;
const CHANGES = ["reaction", "edit", "delete"] as const;
const TOLD = ["message.edited", "message.deleted", "message.reacted", "poll.voted"] as const;
const GROUPS = OPERATION_NAMES.filter((name) => name.startsWith("groups."));

/** By provider. Buttons and lists are the engine's where a provider has `menus: "numbered"`. */
export const LEAST_CAPABILITIES: {
  readonly [Id in "baileys" | "whatsappweb" | "telegram"]: LeastCapabilities;
} = {
  baileys: {
    outgoing: [...SHOWN, ...CHANGES, "forward", "status"],
    incoming: SHOWN,
    events: [...TOLD, "presence.changed", "call.received", "call.ended", "group.changed"],
    operations: OPERATION_NAMES,
  },
  whatsappweb: {
    outgoing: [...SHOWN, ...CHANGES],
    incoming: SHOWN,
    events: ["message.edited", "message.deleted", "message.reacted", "group.changed"],
    operations: [
      "chats.setPresence",
      "chats.markRead",
      ...GROUPS.filter((name) => name !== "groups.setEphemeral"),
      "contacts.check",
      "contacts.get",
      "contacts.picture",
      "contacts.block",
      "contacts.unblock",
    ],
  },
  telegram: {
    outgoing: [...SHOWN, ...CHANGES, "forward", "buttons", "list", "album"],
    incoming: [...SHOWN, "choice"],
    events: ["message.edited", "message.reacted", "poll.voted", "group.changed", "chat.migrated"],
    operations: [
      "chats.setPresence",
      "groups.get",
      "groups.setSubject",
      "groups.setDescription",
      "groups.setPicture",
      "groups.inviteLink",
      "groups.revokeInviteLink",
      "groups.leave",
      "groups.changeParticipants",
      "contacts.get",
      "contacts.picture",
      "profile.get",
      "profile.setName",
      "profile.setAbout",
    ],
  },
};

/** @throws when something of the list is not declared, naming it */
export function assertDeclares(capabilities: Capabilities, least: LeastCapabilities): void {
  for (const part of ["outgoing", "incoming", "events", "operations"] as const) {
    const declared: readonly string[] = capabilities[part];
    const missing = least[part].filter((name) => !declared.includes(name));
    assert.deepEqual(
      missing,
      [],
      `${part} that have to be declared are not: ${missing.join(", ")}`,
    );
  }
}
