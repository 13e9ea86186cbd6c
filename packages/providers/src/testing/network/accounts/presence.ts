import { children, type Stanza, stanza } from "../../wire/stanza.ts";
import type { Companion } from "../companion.ts";
import type { Network } from "../network.ts";
import type { User } from "../user.ts";

export type PeerPresence = "offline" | "online" | "paused" | "recording" | "typing";

/** Takes the `<presence>` and `<chatstate>` of an account. */
export function handlePresence(
  { directory, events }: Network,
  from: Companion,
  node: Stanza,
): void {
  const { number } = from;
  const { type } = node.attrs;
  // Without a type it only tells the account's name.
  if (node.tag === "presence" && type !== undefined && node.attrs["name"]) {
    events.emit("presence", { number, chat: null, presence: type });
  }
  const [state] = children(node);
  if (node.tag !== "chatstate" || state === undefined) return;
  const presence = state.attrs["media"] === "audio" ? "recording" : state.tag;
  events.emit("presence", { number, chat: directory.chatOf(node.attrs["to"] ?? ""), presence });
}

/** Shows it to those devices that are connected now: nobody keeps it for later. */
export function showPresence(
  user: User,
  to: Iterable<Companion>,
  presence: PeerPresence,
  group: string | null,
): void {
  const where = group === null ? { from: user.lid } : { from: group, participant: user.lid };
  for (const { link } of to) link?.send(toStanza(presence, where));
}

function toStanza(presence: PeerPresence, where: Record<string, string>): Stanza {
  if (presence === "online" || presence === "offline") {
    const type = presence === "offline" ? "unavailable" : undefined;
    return stanza("presence", { ...where, type });
  }
  const isPaused = presence === "paused";
  const media = presence === "recording" ? "audio" : undefined;
  return stanza("chatstate", where, [stanza(isPaused ? "paused" : "composing", { media })]);
}
