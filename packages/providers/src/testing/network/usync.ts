import { formatJid, parseJid } from "../wire/jid.ts";
import {
  bytesOf,
  child,
  children,
  MalformedStanzaError,
  type Stanza,
  stanza,
} from "../wire/stanza.ts";
import type { Directory } from "./directory.ts";

/** Answers a usync query: who exists, with which LID and which devices. */
export function answerUsync(directory: Directory, iq: Stanza): Stanza {
  const usync = child(iq, "usync");
  const list = child(usync, "list");
  if (!usync || !list) throw new MalformedStanzaError("usync query without <usync><list>");
  const protocols = new Set(children(child(usync, "query")).map(({ tag }) => tag));
  const users = children(list, "user").map((user) => answerUser(directory, user, protocols));
  const { sid, mode } = usync.attrs;
  return stanza("usync", { sid, mode, last: "true", index: "0" }, [stanza("list", {}, users)]);
}

function answerUser(directory: Directory, asked: Stanza, protocols: ReadonlySet<string>): Stanza {
  const phone = bytesOf(asked, "contact")?.toString("utf8").replaceAll(/\D/g, "");
  const jid = asked.attrs["jid"] ?? (phone ? formatJid(phone, "s.whatsapp.net") : "");
  const parsed = parseJid(jid);
  if (!parsed) throw new MalformedStanzaError("usync <user> without jid or contact");
  const number = directory.numberOf(jid);
  const user = directory.resolve(jid)?.user;
  const answers: Stanza[] = [];
  if (protocols.has("devices")) answers.push(devicesOf(user?.companions.keys() ?? null));
  if (protocols.has("contact")) answers.push(stanza("contact", { type: user ? "in" : "out" }));
  if (protocols.has("status")) {
    answers.push(stanza("status", { t: "1700000000" }, Buffer.from(user?.about ?? "")));
  }
  // A LID that is asked for by LID would be stored as the phone number of itself.
  if (protocols.has("lid") && number !== null && parsed.server !== "lid") {
    answers.push(stanza("lid", { val: directory.lidOf(number) }));
  }
  return stanza("user", { jid }, answers);
}

/** Device 0 is always among the devices of somebody who exists, its own account included. */
function devicesOf(companions: Iterable<number> | null): Stanza {
  const devices =
    companions === null
      ? []
      : [
          stanza("device", { id: "0" }),
          ...Array.from(companions, (id) =>
            stanza("device", { id: String(id), "key-index": String(id) }),
          ),
        ];
  return stanza("devices", {}, [stanza("device-list", { hash: "2:fake" }, devices)]);
}
