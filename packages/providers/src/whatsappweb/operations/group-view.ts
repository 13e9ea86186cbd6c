import type { GroupParticipant, GroupView } from "@orquesta/core";
import type { GroupChat } from "whatsapp-web.js";
import { z } from "zod";
import type { People } from "../messages/people.ts";
import { widSchema } from "../messages/raw-message.ts";

const flag = z.boolean().catch(false);

const metadataSchema = z.object({
  creation: z.number().nullish().catch(null),
  owner: widSchema.nullish().catch(null),
  desc: z.string().nullish().catch(null),
  announce: flag,
  restrict: flag,
  membershipApprovalMode: flag,
  ephemeralDuration: z.number().nullish().catch(null),
  participants: z.array(z.object({ id: widSchema, isAdmin: flag, isSuperAdmin: flag })).catch([]),
});

export async function toGroupView(group: GroupChat, people: People): Promise<GroupView> {
  // Bridge: in no type of the library, but what its getters read from.
  const { groupMetadata } = group as unknown as { groupMetadata: unknown };
  const metadata = metadataSchema.parse(groupMetadata);
  const ids = metadata.participants.map(({ id }) => id);
  const [owner, ...members] = await people.identifyAll([metadata.owner ?? "@", ...ids]);
  const participants = members.map(({ contact }, index): GroupParticipant => {
    const { isAdmin, isSuperAdmin } = metadata.participants[index] ?? {};
    return { contact, role: isSuperAdmin ? "owner" : isAdmin ? "admin" : "member" };
  });
  return {
    id: group.id._serialized,
    subject: group.name,
    description: metadata.desc || null,
    createdAt: metadata.creation ? new Date(metadata.creation * 1000).toISOString() : null,
    ownerId: metadata.owner && owner ? owner.contact.id : null,
    size: participants.length,
    participants,
    announceOnly: metadata.announce,
    locked: metadata.restrict,
    joinApproval: metadata.membershipApprovalMode,
    ephemeralSeconds: metadata.ephemeralDuration || null,
  };
}
