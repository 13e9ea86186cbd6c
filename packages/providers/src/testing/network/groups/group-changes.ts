import { type Stanza, stanza } from "../../wire/stanza.ts";
import type { Companion } from "../companion.ts";
import type { Group } from "../group.ts";
import type { Network } from "../network.ts";
import { postNotification } from "../notifications.ts";
import type { User } from "../user.ts";
import { describeGroup } from "./describe-group.ts";

/** Tells everybody in a group, and those who were in it before, what somebody changed. */
export function tellGroup(
  { directory }: Network,
  group: Group,
  actor: User,
  change: Stanza,
  alsoTo: readonly string[] = [],
): void {
  for (const number of new Set([...group.members, ...alsoTo])) {
    for (const companion of companionsOf(directory.find(number))) {
      const type = change.tag === "picture" ? "picture" : "w:gp2";
      const content = change.tag === "picture" ? [stanza("set", change.attrs)] : [change];
      postNotification(companion, { type, from: group.jid, actor, content });
    }
  }
}

export function tellCreated(network: Network, group: Group, actor: User): void {
  const described = describeGroup(network.directory, group);
  tellGroup(network, group, actor, stanza("create", {}, [described]));
}

/** `<add>`, `<remove>`, … with those whom it happened to. */
export function participantsChange(
  { directory }: Network,
  tag: string,
  numbers: readonly string[],
): Stanza {
  const participants = numbers.map((number) => {
    const { lid, jid } = directory.require(number);
    return stanza("participant", { jid: lid, phone_number: jid });
  });
  return stanza(tag, {}, participants);
}

function companionsOf(user: User | undefined): Iterable<Companion> {
  return user?.companions.values() ?? [];
}
