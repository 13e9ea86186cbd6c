import {
  bytesOf,
  child,
  children,
  requiredAttribute,
  type Stanza,
  stanza,
} from "../../wire/stanza.ts";
import { type Answer, DONE, refused } from "../answer.ts";
import type { Companion } from "../companion.ts";
import { tellGroup } from "../groups/group-changes.ts";
import type { Network } from "../network.ts";
import type { User } from "../user.ts";
import { answerAppState } from "./app-state-queries.ts";

const MAX_ABOUT = 139;
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/** Answers what an account asks about itself and others. What is not modelled gets an empty result. */
export function answerAccount(network: Network, companion: Companion, iq: Stanza): Answer {
  const account = network.directory.require(companion.number);
  switch (iq.attrs["xmlns"]) {
    case "blocklist":
      return answerBlocklist(network, account, iq);
    case "status":
      return setAbout(account, iq);
    case "w:profile:picture":
      return iq.attrs["type"] === "set"
        ? setPicture(network, account, iq)
        : getPicture(network, iq);
    case "w:sync:app:state":
      return answerAppState(account, iq);
    default:
      return DONE;
  }
}

function answerBlocklist({ directory }: Network, account: User, iq: Stanza): Answer {
  const item = child(iq, "item");
  if (item !== undefined) {
    const { action } = item.attrs;
    const number = directory.resolve(requiredAttribute(item, "jid"))?.user.number;
    // Who is blocked is named by LID, and by phone number too.
    if (number === undefined || (action === "block" && !item.attrs["pn_jid"])) return refused(400);
    if (action === "block") account.blocked.add(number);
    else account.blocked.delete(number);
  }
  const items = Array.from(account.blocked, (number) =>
    stanza("item", { jid: directory.lidOf(number) }),
  );
  return { content: stanza("list", {}, items) };
}

function setAbout(account: User, iq: Stanza): Answer {
  const about = bytesOf(iq, "status")?.toString("utf8") ?? "";
  if (about.length > MAX_ABOUT) return refused(406);
  account.about = about;
  return DONE;
}

function setPicture(network: Network, account: User, iq: Stanza): Answer {
  const target = iq.attrs["target"];
  const group = target === undefined ? null : network.directory.group(target);
  if (group === undefined) return refused(404);
  if (group?.has(account.number) === false) return refused(403);
  if (group?.rules.locked && !group.isAdmin(account.number)) return refused(401);
  const [picture] = children(iq, "picture");
  const bytes = picture === undefined ? null : bytesOf(picture);
  if (bytes !== null && !bytes.subarray(0, 3).equals(JPEG)) return refused(406);
  (group ?? account).picture = bytes;
  const id = bytes === null ? undefined : network.pictures.keep(bytes).id;
  if (group) tellGroup(network, group, account, stanza("picture", { id, author: account.lid }));
  return { content: id === undefined ? undefined : stanza("picture", { id }) };
}

function getPicture(network: Network, iq: Stanza): Answer {
  const target = requiredAttribute(iq, "target");
  const { directory, pictures } = network;
  const owner = directory.group(target) ?? directory.resolve(target)?.user;
  const picture = owner?.picture;
  if (!picture) return refused(404);
  return { content: stanza("picture", { type: "image", ...pictures.keep(picture) }) };
}
