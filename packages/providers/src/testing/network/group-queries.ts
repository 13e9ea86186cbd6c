import { child, type Stanza, stanza } from "../wire/stanza.ts";
import type { Directory } from "./directory.ts";
import type { Group } from "./group.ts";

/** Answers a `w:g2` query; null when the group does not exist or the account is no member. */
export function answerGroups(directory: Directory, account: string, iq: Stanza): Stanza | null {
  if (child(iq, "participating")) {
    const mine = [...directory.groups].filter((group) => group.has(account));
    const described = mine.map((group) => describe(directory, group));
    return stanza("groups", {}, described);
  }
  const group = directory.group(iq.attrs["to"] ?? "");
  return group?.has(account) ? describe(directory, group) : null;
}

function describe(directory: Directory, group: Group): Stanza {
  const created = String(group.createdAt);
  const creator = directory.require(group.creator);
  const participants = group.members.map((number) => {
    const { lid, jid } = directory.require(number);
    const type = number === group.creator ? "superadmin" : undefined;
    return stanza("participant", { jid: lid, phone_number: jid, type });
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
  return stanza("group", attributes, participants);
}
