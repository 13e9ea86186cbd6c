import { badRequest } from "./api-error.ts";
import type { FormattedText } from "./formatted-text.ts";
import type { MessageEntity } from "./types.ts";

const TYPES: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface OpenTag {
  readonly name: string;
  readonly offset: number;
  readonly extra: Partial<MessageEntity> & { readonly type: string };
}

/** `parse_mode: HTML`: https://core.telegram.org/bots/api#html-style. @throws ApiError 400 */
export function parseHtml(source: string): FormattedText {
  let text = "";
  let index = 0;
  const open: OpenTag[] = [];
  const entities: MessageEntity[] = [];
  const at = (): string => `at byte offset ${Buffer.byteLength(source.slice(0, index))}`;
  while (index < source.length) {
    const character = source.charAt(index);
    if (character === "&") {
      const [decoded, length] = decodeReference(source, index);
      text += decoded;
      index += length;
      continue;
    }
    if (character !== "<") {
      text += character;
      index += 1;
      continue;
    }
    const end = source.indexOf(">", index);
    if (end < 0) throw cannotParse(`Unclosed start tag ${at()}`);
    const inside = source.slice(index + 1, end);
    if (inside.startsWith("/")) {
      const tag = open.pop();
      const name = inside.slice(1).trim().toLowerCase();
      if (!tag) throw cannotParse(`Unexpected end tag ${at()}`);
      if (name !== "" && name !== tag.name) {
        throw cannotParse(
          `Unmatched end tag ${at()}, expected "</${tag.name}>", found "</${name}>"`,
        );
      }
      const length = text.length - tag.offset;
      if (length > 0) entities.push({ ...tag.extra, offset: tag.offset, length });
    } else {
      const name = /^[^\s/]*/.exec(inside)?.[0].toLowerCase() ?? "";
      const extra = startTag(name, inside.slice(name.length));
      if (!extra) throw cannotParse(`Unsupported start tag "${name}" ${at()}`);
      open.push({ name, offset: text.length, extra });
    }
    index = end + 1;
  }
  const unclosed = open.pop();
  if (unclosed) {
    throw cannotParse(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  }
  return { text, entities: mergeCode(entities) };
}

function startTag(name: string, rest: string): OpenTag["extra"] | undefined {
  if (name === "a") return linkTo(attribute(rest, "href") ?? "");
  if (name === "span") {
    return attribute(rest, "class") === "tg-spoiler" ? { type: "spoiler" } : undefined;
  }
  if (name === "tg-emoji") {
    return { type: "custom_emoji", custom_emoji_id: attribute(rest, "emoji-id") ?? "" };
  }
  const type = TYPES[name];
  if (!type) return undefined;
  if (name === "blockquote" && /\bexpandable\b/.test(rest))
    return { type: "expandable_blockquote" };
  const language = name === "code" ? /^language-(.+)$/.exec(attribute(rest, "class") ?? "") : null;
  return language?.[1] ? { type, language: language[1] } : { type };
}

/** tg://user?id= is a mention of somebody without a name; everything else is a link. */
export function linkTo(url: string): OpenTag["extra"] {
  const user = /^tg:\/\/user\?id=(\d+)$/.exec(url)?.[1];
  if (!user) return { type: "text_link", url };
  return { type: "text_mention", user: { id: Number(user), is_bot: false, first_name: "" } };
}

/** `<pre><code class="language-x">` is one block with a language. */
function mergeCode(entities: readonly MessageEntity[]): readonly MessageEntity[] {
  const same = (one: MessageEntity, other: MessageEntity): boolean =>
    one.offset === other.offset && one.length === other.length;
  return entities
    .filter(
      (entity) =>
        entity.type !== "code" ||
        !entities.some((other) => other.type === "pre" && same(other, entity)),
    )
    .map((entity) => {
      if (entity.type !== "pre") return entity;
      const code = entities.find((other) => other.type === "code" && same(other, entity));
      return code?.language ? { ...entity, language: code.language } : entity;
    });
}

function attribute(source: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(
    source,
  );
  const raw = match?.[1] ?? match?.[2] ?? match?.[3];
  return raw?.replace(/&(lt|gt|amp|quot);/g, (all, name: string) => NAMED[name] ?? all);
}

function decodeReference(source: string, index: number): readonly [string, number] {
  const match = /^&(?:#(\d+)|#x([0-9a-f]+)|(lt|gt|amp|quot));/i.exec(
    source.slice(index, index + 12),
  );
  if (!match) return ["&", 1];
  const [all, decimal, hex, name] = match;
  if (name) return [NAMED[name.toLowerCase()] ?? "&", all.length];
  const code = decimal ? Number(decimal) : Number.parseInt(hex ?? "", 16);
  return code > 0 && code <= 0x10ffff ? [String.fromCodePoint(code), all.length] : ["&", 1];
}

export function cannotParse(why: string): Error {
  return badRequest(`can't parse entities: ${why}`);
}
