import { type Stanza, stanza } from "../../wire/stanza.ts";
import type { Directory } from "../directory.ts";
import type { Group } from "../group.ts";

/** A group as members get to see it. */
export function describeGroup(directory: Directory, group: Group): Stanza {
  const created = String(group.createdAt);
  const creator = directory.require(group.creator);
  const participants = group.members.map((number) => {
    const { lid, jid } = directory.require(number);
    return stanza("participant", { jid: lid, phone_number: jid, type: roleOf(group, number) });
  });
  const attributes = {
    id: group.jid.split("@")[0],
    subject: group.subject,
    s_t: created,
    s_o: creator.lid,
    creation: created,
    creator: creator.lid,
    creator_pn: creator.jid,
    addressing_mode: "lid",
    size: String(participants.length),
  };
  return stanza("group", attributes, [...rulesOf(group), ...participants]);
}

function rulesOf({ rules, description }: Group): Stanza[] {
  const parts: Stanza[] = [];
  if (description !== null) {
    const body = stanza("body", {}, Buffer.from(description.text));
    parts.push(stanza("description", { id: description.id }, [body]));
  }
  if (rules.announceOnly) parts.push(stanza("announcement"));
  if (rules.locked) parts.push(stanza("locked"));
  if (rules.ephemeralSeconds > 0) {
    parts.push(stanza("ephemeral", { expiration: String(rules.ephemeralSeconds) }));
  }
  if (rules.joinApproval) {
    parts.push(stanza("membership_approval_mode", {}, [stanza("group_join", { state: "on" })]));
  }
  return parts;
}

function roleOf(group: Group, number: string): string | undefined {
  if (number === group.creator && group.isAdmin(number)) return "superadmin";
  return group.isAdmin(number) ? "admin" : undefined;
}
