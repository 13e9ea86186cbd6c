import { child, requiredAttribute, type Stanza, stanza } from "../wire/stanza.ts";
import { answerAccount } from "./accounts/account-queries.ts";
import type { Answer } from "./answer.ts";
import type { Companion } from "./companion.ts";
import { answerGroups } from "./groups/group-desk.ts";
import { answerKeys, answerOwnKeys } from "./key-queries.ts";
import type { Network } from "./network.ts";
import { answerUsync } from "./usync.ts";

/** Answers an iq of a client that is logged in. What is not modelled gets an empty result. */
export function answerQuery(network: Network, companion: Companion, iq: Stanza): Answer {
  const { directory } = network;
  switch (requiredAttribute(iq, "xmlns")) {
    case "encrypt":
      return {
        content: child(iq, "key") ? answerKeys(directory, iq) : answerOwnKeys(companion, iq),
      };
    case "usync":
      return { content: answerUsync(directory, iq) };
    case "w:g2":
      return answerGroups(network, directory.require(companion.number), iq);
    case "w:m":
      return { content: mediaConnection(network) };
    case "abt":
      return { content: stanza("props", { hash: "fake" }) };
    case "privacy":
      return { content: iq.attrs["type"] === "get" ? privacy() : undefined };
    default:
      return answerAccount(network, companion, iq);
  }
}

function mediaConnection({ media, mediaHostname }: Network): Stanza {
  const { auth, ttlSeconds } = media.permit();
  const ttl = String(ttlSeconds);
  const hosts = [stanza("host", { hostname: mediaHostname(), type: "primary" })];
  return stanza("media_conn", { auth, ttl, auth_ttl: ttl, max_buckets: "12" }, hosts);
}

function privacy(): Stanza {
  const names = ["readreceipts", "last", "online", "profile", "status", "groupadd"];
  return stanza(
    "privacy",
    {},
    names.map((name) => stanza("category", { name, value: "all" })),
  );
}
