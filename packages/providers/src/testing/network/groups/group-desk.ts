import { randomBytes } from "node:crypto";
import {
  bytesOf,
  child,
  children,
  requiredAttribute,
  type Stanza,
  stanza,
} from "../../wire/stanza.ts";
import { type Answer, DONE, refused } from "../answer.ts";
import type { Group, GroupRules } from "../group.ts";
import type { Network } from "../network.ts";
import type { User } from "../user.ts";
import { describeGroup } from "./describe-group.ts";
import { participantsChange, tellCreated, tellGroup } from "./group-changes.ts";
import { changeParticipants } from "./group-participants.ts";

const MAX_SUBJECT = 100;
const MAX_DESCRIPTION = 2_048;
/** Tag → what it makes of the group. */
const RULES: Readonly<Record<string, (change: Stanza) => Partial<GroupRules>>> = {
  announcement: () => ({ announceOnly: true }),
  not_announcement: () => ({ announceOnly: false }),
  locked: () => ({ locked: true }),
  unlocked: () => ({ locked: false }),
  ephemeral: ({ attrs }) => ({ ephemeralSeconds: Number(attrs["expiration"]) }),
  not_ephemeral: () => ({ ephemeralSeconds: 0 }),
  membership_approval_mode: (change) => ({
    joinApproval: child(change, "group_join")?.attrs["state"] === "on",
  }),
};
const PARTICIPANT_CHANGES = ["add", "remove", "promote", "demote"];

/** Answers `w:g2` queries, and tells the group what became different. */
export function answerGroups(network: Network, account: User, iq: Stanza): Answer {
  const [asked] = children(iq);
  if (asked === undefined) return refused(400);
  const to = requiredAttribute(iq, "to");
  const isSet = iq.attrs["type"] === "set";
  if (to === "@g.us") return answerWithoutGroup(network, account, asked, isSet);
  const group = network.directory.group(to);
  if (group === undefined) return refused(404);
  if (!group.has(account.number)) return refused(403);
  return isSet
    ? change(network, group, account, asked)
    : answerAbout(network, group, account, asked);
}

function answerAbout(network: Network, group: Group, account: User, asked: Stanza): Answer {
  if (asked.tag !== "invite") return { content: describeGroup(network.directory, group) };
  if (!group.isAdmin(account.number)) return refused(401);
  return { content: stanza("invite", { code: group.inviteCode }) };
}

function answerWithoutGroup(
  network: Network,
  account: User,
  asked: Stanza,
  isSet: boolean,
): Answer {
  const { directory } = network;
  if (asked.tag === "participating") {
    const mine = [...directory.groups].filter((group) => group.has(account.number));
    return {
      content: stanza(
        "groups",
        {},
        mine.map((group) => describeGroup(directory, group)),
      ),
    };
  }
  if (asked.tag === "create") return create(network, account, asked);
  if (asked.tag === "leave") return leave(network, account, asked);
  if (asked.tag !== "invite") return refused(400);
  const code = requiredAttribute(asked, "code");
  const group = [...directory.groups].find(({ inviteCode }) => inviteCode === code);
  if (group === undefined) {
    const isDead = [...directory.groups].some(({ deadCodes }) => deadCodes.has(code));
    return refused(isDead ? 410 : 406);
  }
  if (!isSet) return { content: describeGroup(directory, group) };
  return join(network, group, account);
}

function create(network: Network, account: User, asked: Stanza): Answer {
  const subject = requiredAttribute(asked, "subject");
  if (subject.length > MAX_SUBJECT) return refused(406);
  const { directory } = network;
  const users = children(asked, "participant").map(({ attrs }) =>
    directory.resolve(attrs["jid"] ?? ""),
  );
  const known = users.flatMap((resolved) => (resolved ? [resolved.user] : []));
  const willing = known.filter(({ isAddable }) => isAddable).map(({ number }) => number);
  if (known.length === 0 && users.length > 0) return refused(404);
  const group = directory.createGroup(subject, [account.number, ...willing]);
  tellCreated(network, group, account);
  return { content: describeGroup(directory, group) };
}

function leave(network: Network, account: User, asked: Stanza): Answer {
  const id = child(asked, "group")?.attrs["id"] ?? "";
  const group = network.directory.group(id);
  if (!group?.has(account.number)) return refused(404);
  const { number } = account;
  group.remove(number);
  tellGroup(network, group, account, participantsChange(network, "remove", [number]), [number]);
  return { content: stanza("leave", {}, [stanza("group", { id })]) };
}

function join(network: Network, group: Group, account: User): Answer {
  if (group.has(account.number)) return refused(409);
  if (group.rules.joinApproval) {
    group.waiting.add(account.number);
    return { content: stanza("membership_approval_request", { jid: group.jid }) };
  }
  group.add(account.number);
  tellGroup(network, group, account, participantsChange(network, "add", [account.number]));
  return { content: stanza("group", { jid: group.jid }) };
}

function change(network: Network, group: Group, account: User, asked: Stanza): Answer {
  const isAdmin = group.isAdmin(account.number);
  if (PARTICIPANT_CHANGES.includes(asked.tag)) {
    if (!isAdmin) return refused(403);
    return { content: changeParticipants(network, group, account, asked) };
  }
  const isAboutLooks = asked.tag === "subject" || asked.tag === "description";
  if (!isAdmin && (!isAboutLooks || group.rules.locked)) return refused(401);
  if (asked.tag === "invite") {
    const code = group.renewInvite();
    tellGroup(network, group, account, stanza("invite", { code }));
    return { content: stanza("invite", { code }) };
  }
  if (asked.tag === "subject") return changeSubject(network, group, account, asked);
  if (asked.tag === "description") return changeDescription(network, group, account, asked);
  const rules = RULES[asked.tag]?.(asked);
  if (rules === undefined) return refused(400);
  Object.assign(group.rules, rules);
  tellGroup(network, group, account, asked);
  return DONE;
}

function changeSubject(network: Network, group: Group, account: User, asked: Stanza): Answer {
  const subject = bytesOf(asked)?.toString("utf8") ?? "";
  if (subject === "" || subject.length > MAX_SUBJECT) return refused(406);
  group.subject = subject;
  tellGroup(network, group, account, stanza("subject", { subject, s_o: account.lid }));
  return DONE;
}

function changeDescription(network: Network, group: Group, account: User, asked: Stanza): Answer {
  const text = bytesOf(asked, "body")?.toString("utf8") ?? "";
  // Who changes it has to have seen the one before.
  if ((asked.attrs["prev"] ?? null) !== (group.description?.id ?? null)) return refused(409);
  if (text.length > MAX_DESCRIPTION) return refused(406);
  const id = asked.attrs["id"] ?? randomBytes(8).toString("hex");
  const isGone = asked.attrs["delete"] === "true";
  group.description = isGone ? null : { id, text };
  const body = isGone ? stanza("delete") : stanza("body", {}, Buffer.from(text));
  tellGroup(network, group, account, stanza("description", { id }, [body]));
  return DONE;
}
