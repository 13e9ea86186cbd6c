import { child, requiredAttribute, type Stanza, stanza } from "../wire/stanza.ts";
import type { Companion } from "./companion.ts";
import { answerGroups } from "./group-queries.ts";
import { answerKeys, answerOwnKeys } from "./key-queries.ts";
import type { Network } from "./network.ts";
import { answerUsync } from "./usync.ts";

/** What to say to an iq: content for a result, or an error. */
export type Answer =
  | { readonly content: Stanza | undefined }
  | { readonly error: { readonly code: string; readonly text: string } };

const NOT_FOUND: Answer = { error: { code: "404", text: "item-not-found" } };

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
    case "w:g2": {
      const content = answerGroups(directory, companion.number, iq);
      return content ? { content } : NOT_FOUND;
    }
    case "abt":
      return { content: stanza("props", { hash: "fake" }) };
    case "blocklist":
      return { content: stanza("list") };
    case "privacy":
      return { content: iq.attrs["type"] === "get" ? privacy() : undefined };
    default:
      return { content: undefined };
  }
}

function privacy(): Stanza {
  const names = ["readreceipts", "last", "online", "profile", "status", "groupadd"];
  return stanza(
    "privacy",
    {},
    names.map((name) => stanza("category", { name, value: "all" })),
  );
}
