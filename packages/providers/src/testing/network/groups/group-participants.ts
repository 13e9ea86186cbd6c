import { children, requiredAttribute, type Stanza, stanza } from "../../wire/stanza.ts";
import type { Group } from "../group.ts";
import type { Network } from "../network.ts";
import type { User } from "../user.ts";
import { participantsChange, tellGroup } from "./group-changes.ts";

/** Does to each what can be done; each has an answer of its own. */
export function changeParticipants(
  network: Network,
  group: Group,
  actor: User,
  asked: Stanza,
): Stanza {
  const done: string[] = [];
  const answers = children(asked, "participant").map((participant) => {
    const jid = requiredAttribute(participant, "jid");
    const user = network.directory.resolve(jid)?.user;
    const error = user === undefined ? "404" : apply(group, user, asked.tag);
    if (user && error === undefined) done.push(user.number);
    // The group is one of LIDs, whichever way it was asked.
    return stanza("participant", {
      jid: user?.lid ?? jid,
      phone_number: user?.jid,
      error,
    });
  });
  if (done.length > 0) {
    tellGroup(network, group, actor, participantsChange(network, asked.tag, done), done);
  }
  return stanza(asked.tag, {}, answers);
}

function apply(group: Group, user: User, action: string): string | undefined {
  const { number } = user;
  if (action === "add") {
    if (group.has(number)) return "409";
    // Their privacy settings: they can only be invited.
    if (!user.isAddable) return "403";
    group.add(number);
    return undefined;
  }
  if (!group.has(number)) return "404";
  if (action === "remove") {
    if (number === group.creator) return "406";
    group.remove(number);
  } else group.promote(number, action === "promote");
  return undefined;
}
