import type { Attributes } from "../protocol.ts";
import { newMessageId } from "./conversation.ts";
import type { Desk, Handlers } from "./handlers.ts";
import type { Person } from "./person.ts";
import { Refusal } from "./refusal.ts";
import { WebGroup } from "./web-group.ts";
import type { WebNetwork } from "./web-network.ts";

type GroupCalls =
  | "groups"
  | "group"
  | "createGroup"
  | "changeParticipants"
  | "changeGroup"
  | "groupInvite"
  | "joinGroup"
  | "leaveGroup";

export function groupHandlers({ network, me }: Desk): Pick<Handlers, GroupCalls> {
  const own = (id: string): WebGroup => {
    const group = network.groups.get(id);
    if (!group?.members.has(me())) throw new Refusal(404, "item-not-found");
    return group;
  };
  const asAdmin = (id: string): WebGroup => {
    const group = own(id);
    if (!group.isAdmin(me())) throw new Refusal(403, "not-authorized");
    return group;
  };
  return {
    groups: () =>
      [...network.groups.values()]
        .filter(({ members }) => members.has(me()))
        .map((group) => group.onWire(network.addressing)),
    group: ({ id }) => own(id).onWire(network.addressing),
    createGroup: ({ subject, participants }) => {
      const group = new WebGroup(subject, me());
      network.groups.set(group.id, group);
      const refused: string[] = [];
      for (const address of participants) {
        const person = network.find(address);
        if (person) group.members.set(person, "member");
        else refused.push(address);
      }
      notify(network, group, me(), { subtype: "create", body: subject });
      return { group: group.onWire(network.addressing), refused };
    },
    changeParticipants: ({ id, action, participants }) => {
      const group = asAdmin(id);
      return participants.map((address) => {
        const person = network.find(address);
        return { id: address, code: person ? change(group, action, person) : 404 };
      });

      function change(target: WebGroup, what: typeof action, person: Person): number {
        const isMember = target.members.has(person);
        if (what === "add" && isMember) return 409;
        if (what !== "add" && !isMember) return 404;
        if (what === "add") target.members.set(person, "member");
        if (what === "promote") target.members.set(person, "admin");
        if (what === "demote") target.members.set(person, "member");
        notify(network, target, me(), { subtype: what, recipients: [network.addressOf(person)] });
        if (what === "remove") removeMember(network, target, person);
        return 200;
      }
    },
    changeGroup: ({ id, change }) => {
      const group = own(id);
      if (!group.isAdmin(me()) && (group.restrict || !("subject" in change || "desc" in change))) {
        throw new Refusal(403, "not-authorized");
      }
      applyChange(network, group, me(), change);
    },
    groupInvite: ({ id, reset }) => {
      const group = asAdmin(id);
      if (reset) {
        group.resetInvite();
        notify(network, group, me(), { subtype: "revoke_invite" });
      }
      return { code: group.inviteCode };
    },
    joinGroup: ({ code }) => {
      const group = [...network.groups.values()].find(({ inviteCode }) => inviteCode === code);
      if (!group) throw new Refusal(410, "gone");
      addMember(network, group, me(), "invite");
      return { id: group.id };
    },
    leaveGroup: ({ id }) => {
      const group = own(id);
      notify(network, group, me(), { subtype: "leave", recipients: [network.addressOf(me())] });
      removeMember(network, group, me());
    },
  };
}

/** What everybody in the group is shown. */
export function notify(
  network: WebNetwork,
  group: WebGroup,
  actor: Person,
  attributes: Attributes,
): void {
  for (const member of group.members.keys()) {
    for (const device of network.devicesOf(member)) {
      device.deliver("group", group.onWire(network.addressing));
    }
  }
  network.write(
    { kind: "group", group },
    actor,
    { type: "gp2", ...attributes },
    {
      id: newMessageId(),
    },
  );
}

export function addMember(
  network: WebNetwork,
  group: WebGroup,
  person: Person,
  subtype: "add" | "invite",
  actor: Person = person,
): void {
  if (group.members.has(person)) throw new Refusal(409, "conflict");
  group.members.set(person, "member");
  notify(network, group, actor, { subtype, recipients: [network.addressOf(person)] });
}

export function removeMember(network: WebNetwork, group: WebGroup, person: Person): void {
  group.members.delete(person);
  for (const device of network.devicesOf(person)) device.deliver("left", { id: group.id });
}

export function applyChange(
  network: WebNetwork,
  group: WebGroup,
  actor: Person,
  change: Attributes,
): void {
  const { subject, desc, announce, restrict, membershipApprovalMode, ephemeralDuration } = change;
  const tell = (attributes: Attributes): void => notify(network, group, actor, attributes);
  if (typeof subject === "string") {
    group.subject = subject;
    tell({ subtype: "subject", body: subject });
  }
  if (typeof desc === "string") {
    group.desc = desc === "" ? null : desc;
    group.descId = newMessageId();
    tell({ subtype: "description", body: desc });
  }
  if (typeof announce === "boolean") {
    group.announce = announce;
    tell({ subtype: "announce", body: announce ? "on" : "off" });
  }
  if (typeof restrict === "boolean") {
    group.restrict = restrict;
    tell({ subtype: "restrict", body: restrict ? "on" : "off" });
  }
  if (typeof membershipApprovalMode === "boolean") {
    group.membershipApprovalMode = membershipApprovalMode;
    tell({ subtype: "membership_approval_mode", body: membershipApprovalMode ? "on" : "off" });
  }
  if (typeof ephemeralDuration === "number") {
    group.ephemeralDuration = ephemeralDuration;
    tell({ subtype: "ephemeral", ephemeralDuration });
  }
}
