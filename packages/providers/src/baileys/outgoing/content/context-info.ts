import type { proto } from "@whiskeysockets/baileys";
import type { Wording } from "./wording.ts";

/** What accompanies the content; null when nothing does. */
export function toContextInfo(
  quote: proto.IContextInfo | null,
  wording: Wording | null,
): proto.IContextInfo | null {
  const mentioned = wording?.mentioned ?? [];
  const isForEverybody = wording?.isForEverybody ?? false;
  if (quote === null && mentioned.length === 0 && !isForEverybody) return null;
  return {
    ...quote,
    ...(mentioned.length > 0 && { mentionedJid: [...mentioned] }),
    ...(isForEverybody && { nonJidMentions: 1 }),
  };
}
