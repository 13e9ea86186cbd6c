import { badRequest } from "../wire/api-error.ts";
import type { FormattedText } from "../wire/formatted-text.ts";
import { withFoundEntities } from "../wire/found-entities.ts";
import { parseHtml } from "../wire/html-entities.ts";
import { parseMarkdownV2 } from "../wire/markdown-entities.ts";
import { isJsonObject, type Parameters } from "../wire/parameters.ts";
import type { MessageBody, MessageEntity } from "../wire/types.ts";

const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;

/** The text of a message. @throws ApiError 400 (empty, too long, entities) */
export function textOf(parameters: Parameters): MessageBody {
  const { text, entities } = formatted(parameters, "text", "entities");
  if (text === "") throw badRequest("message text is empty");
  if (text.length > MAX_TEXT) throw badRequest("message is too long");
  return { text, ...(entities.length > 0 ? { entities } : {}) };
}

/** @throws ApiError 400 */
export function captionOf(parameters: Parameters): MessageBody {
  const { text, entities } = formatted(parameters, "caption", "caption_entities");
  if (text.length > MAX_CAPTION) throw badRequest("message caption is too long");
  if (text === "") return {};
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}

function formatted(parameters: Parameters, name: string, listName: string): FormattedText {
  const source = parameters.text(name);
  const listed = parameters.list(listName, "MessageEntity");
  const parsed = listed
    ? { text: source, entities: listed.map((entity) => entityOf(entity, source)) }
    : parse(source, parameters.text("parse_mode"));
  return trimmed({ text: parsed.text, entities: withFoundEntities(parsed.text, parsed.entities) });
}

function parse(source: string, mode: string): FormattedText {
  switch (mode.toLowerCase()) {
    case "":
      return { text: source, entities: [] };
    case "html":
      return parseHtml(source);
    case "markdownv2":
    // The old dialect is left to the same reader: it only knows fewer marks.
    case "markdown":
      return parseMarkdownV2(source);
    default:
      throw badRequest("unsupported parse_mode");
  }
}

/** Telegram cuts the blanks around a text. */
function trimmed({ text, entities }: FormattedText): FormattedText {
  const cut = text.length - text.trimStart().length;
  const short = text.trim();
  if (short.length === text.length) return { text, entities };
  const moved = entities.map((entity) => {
    const start = Math.max(0, entity.offset - cut);
    const end = Math.min(short.length, entity.offset - cut + entity.length);
    return { ...entity, offset: start, length: end - start };
  });
  return { text: short, entities: moved.filter(({ length }) => length > 0) };
}

function entityOf(value: unknown, text: string): MessageEntity {
  const wrong = (why: string): Error => badRequest(`can't parse MessageEntity: ${why}`);
  if (!isJsonObject(value)) throw wrong("expected an Object");
  const { type, offset, length, url, language, custom_emoji_id: emojiId, user } = value;
  if (typeof type !== "string") throw wrong('Can\'t find field "type"');
  if (typeof offset !== "number" || typeof length !== "number") {
    throw wrong('Can\'t find field "offset"');
  }
  if (offset < 0 || length < 0 || offset + length > text.length) {
    throw badRequest("entity beginning or end is outside of the text");
  }
  const userId = isJsonObject(user) ? Number(user.id) : undefined;
  return {
    type,
    offset,
    length,
    ...(typeof url === "string" ? { url } : {}),
    ...(typeof language === "string" ? { language } : {}),
    ...(typeof emojiId === "string" ? { custom_emoji_id: emojiId } : {}),
    ...(userId === undefined ? {} : { user: { id: userId, is_bot: false, first_name: "" } }),
  };
}
