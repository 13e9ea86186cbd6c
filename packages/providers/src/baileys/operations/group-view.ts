import type { GroupParticipant, GroupView } from "@orquesta/core";
import type { GroupMetadata } from "@whiskeysockets/baileys";
import type { ContactDirectory } from "../contact-directory.ts";

const ROLES: Readonly<Record<string, GroupParticipant["role"]>> = {
  admin: "admin",
  superadmin: "owner",
};

export async function toGroupView(
  group: GroupMetadata,
  contacts: ContactDirectory,
): Promise<GroupView> {
  const identify = (jid: string, alternative: string | undefined) =>
    contacts.identify({ jid, alternative: alternative ?? null }, null, null);
  const participants = group.participants.map(async ({ id, phoneNumber, lid, admin }) => ({
    contact: await identify(id, phoneNumber ?? lid),
    role: ROLES[admin ?? ""] ?? "member",
  }));
  const owner = group.owner ? await identify(group.owner, group.ownerPn) : null;
  return {
    id: group.id,
    subject: group.subject,
    description: group.desc ?? null,
    createdAt: group.creation ? new Date(group.creation * 1_000).toISOString() : null,
    ownerId: owner?.id ?? null,
    size: group.size ?? group.participants.length,
    participants: await Promise.all(participants),
    announceOnly: group.announce === true,
    locked: group.restrict === true,
    joinApproval: group.joinApprovalMode === true,
    ephemeralSeconds: group.ephemeralDuration || null,
  };
}
