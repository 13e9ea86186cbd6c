import type { Change, Contact, GroupChange } from "@orquesta/core";
import type { GroupNotification } from "whatsapp-web.js";
import { z } from "zod";
import type { People } from "../people.ts";
import { widSchema } from "../raw-message.ts";

const notificationSchema = z.object({
  id: z.object({ id: z.string() }),
  /** The page's word for what happened. */
  type: z.string(),
  body: z.string().nullish().catch(null),
  chatId: z.string(),
  author: widSchema.nullish().catch(null),
  recipientIds: z.array(widSchema),
  timestamp: z.coerce.number(),
});

type Notification = z.output<typeof notificationSchema>;

/** Something that changed in a group; null when it is nothing that is told. */
export async function readGroupChange(
  notification: GroupNotification,
  people: People,
): Promise<Change | null> {
  const read = notificationSchema.parse(notification);
  const { author, recipientIds, chatId, timestamp } = read;
  const [actor, ...others] = await people.identifyAll([author ?? chatId, ...recipientIds]);
  const participants = others.map(({ contact }) => contact);
  const groupChange = toGroupChange(read, participants);
  if (groupChange === null || !actor) return null;
  const data = {
    chatId,
    actor: author ? actor.contact : null,
    change: groupChange,
    changedAt: new Date(timestamp * 1000).toISOString(),
  };
  const dedupeKey = `${chatId}|${read.id.id}|group.changed`;
  return {
    events: [{ name: "group.changed", data, chatId, dedupeKey }],
    keys: actor.keys,
  };
}

function toGroupChange(
  { type, body }: Notification,
  participants: readonly Contact[],
): GroupChange | null {
  const isOn = body === "on" || body === "true";
  switch (type) {
    case "add":
    case "invite":
    case "linked_group_join":
      return { kind: "joined", participants };
    case "remove":
    case "leave":
      return { kind: "left", participants };
    case "promote":
      return { kind: "promoted", participants };
    case "demote":
      return { kind: "demoted", participants };
    case "subject":
      return { kind: "subject", subject: body ?? "" };
    case "description":
      return { kind: "description", description: body || null };
    case "picture":
      return { kind: "picture" };
    case "revoke_invite":
      return { kind: "invite_link" };
    case "announce":
      return { kind: "settings", announceOnly: isOn };
    case "restrict":
      return { kind: "settings", locked: isOn };
    default:
      return null;
  }
}
