import {
  bytesOf,
  child,
  children,
  requiredAttribute,
  type Stanza,
  stanza,
} from "../../wire/stanza.ts";
import type { Answer } from "../answer.ts";
import type { User } from "../user.ts";

/** Answers `w:sync:app:state`: takes patches that follow on the newest, gives those that are newer. */
export function answerAppState({ appState }: User, iq: Stanza): Answer {
  const collections = children(child(iq, "sync"), "collection").map((asked) => {
    const name = requiredAttribute(asked, "name");
    const version = Number(asked.attrs["version"] ?? "0");
    const patch = bytesOf(asked, "patch");
    if (patch !== null && !appState.add(name, version, patch)) {
      const conflict = stanza("error", { code: "409", text: "conflict" });
      return stanza("collection", { name, type: "error" }, [conflict]);
    }
    const newer = patch === null ? appState.since(name, version) : [];
    const patches = newer.map((bytes) => stanza("patch", {}, Buffer.from(bytes)));
    return stanza("collection", { name, version: String(appState.versionOf(name)) }, [
      stanza("patches", {}, patches),
    ]);
  });
  return { content: stanza("sync", {}, collections) };
}
