import type { OutgoingKind } from "../message/outgoing-content.ts";
import type { Capabilities } from "./capabilities.ts";

/** What callers may send through a provider: numbered menus go out as text. */
export function sendableKinds({ outgoing, menus }: Capabilities): readonly OutgoingKind[] {
  if (menus === "native" || !outgoing.includes("text")) return outgoing;
  return [...new Set<OutgoingKind>([...outgoing, "buttons", "list"])];
}
