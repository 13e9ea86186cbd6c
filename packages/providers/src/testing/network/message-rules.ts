import { child, children, type Stanza } from "../wire/stanza.ts";
import type { Group } from "./group.ts";

const TYPES = new Set(["event", "media", "poll", "reaction", "text"]);
const MEDIA_TYPES = new Set([
  "audio",
  "buttons_response",
  "contact_array",
  "document",
  "gif",
  "image",
  "list",
  "list_response",
  "livelocation",
  "native_flow_response",
  "order",
  "product",
  "ptt",
  "sticker",
  "url",
  "vcard",
  "video",
]);
const REVOKED_BY_ADMIN = "8";
const EDITS = new Set(["1", "2", "3", "7", REVOKED_BY_ADMIN]);

/** What the server can see of a message without reading it, and does not take. */
export function faultOfMessage(
  node: Stanza,
  group: Group | undefined,
  sender: string,
): string | null {
  const { type, edit } = node.attrs;
  if (!type || !TYPES.has(type)) return `message of type ${type}`;
  if (edit !== undefined && !EDITS.has(edit)) return `message with edit ${edit}`;
  if (edit === REVOKED_BY_ADMIN && group?.creator !== sender) {
    return "only an admin takes messages of others away";
  }
  const parts = [
    ...children(node, "enc"),
    ...children(child(node, "participants"), "to").flatMap((to) => children(to, "enc")),
  ];
  for (const { attrs } of parts) {
    const { mediatype } = attrs;
    if (mediatype === undefined) continue;
    if (!MEDIA_TYPES.has(mediatype)) return `unknown mediatype ${mediatype}`;
    if (type !== "media") return `mediatype ${mediatype} in a message of type ${type}`;
  }
  const isAgain = parts.some(({ attrs }) => attrs["count"] !== undefined);
  if (type === "poll" && !isAgain && !child(node, "meta")?.attrs["polltype"]) {
    return "a poll that does not say what it is";
  }
  return null;
}
