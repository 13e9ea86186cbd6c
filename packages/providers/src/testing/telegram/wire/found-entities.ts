import type { MessageEntity } from "./types.ts";

const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ["bot_command", /(?<![\w/@])\/[a-z0-9_]{1,64}(?:@\w{3,32})?(?!\w)/gi],
  ["url", /\bhttps?:\/\/[^\s<>"]+[^\s<>".,!?)]/gi],
  ["email", /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g],
  ["mention", /(?<![\w@.])@\w{3,32}\b/g],
  ["hashtag", /(?<![\w#])#\w*[a-z_]\w*/gi],
];

/** What Telegram finds in every text by itself, unless it is inside of something marked already. */
export function withFoundEntities(
  text: string,
  marked: readonly MessageEntity[],
): readonly MessageEntity[] {
  if (!/[/@#:]/.test(text)) return marked;
  const entities = [...marked];
  for (const [type, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      if (!entities.some((other) => overlaps(other, entity) && hides(other))) entities.push(entity);
    }
  }
  return entities.sort((one, other) => one.offset - other.offset || other.length - one.length);
}

function overlaps(one: MessageEntity, other: MessageEntity): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}

function hides({ type }: MessageEntity): boolean {
  return ["code", "pre", "text_link", "text_mention", "url", "email"].includes(type);
}
