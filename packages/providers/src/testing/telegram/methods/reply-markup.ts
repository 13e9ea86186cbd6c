import { badRequest } from "../wire/api-error.ts";
import { isJsonObject, type Parameters } from "../wire/parameters.ts";
import type { InlineKeyboardButton, ReplyMarkup } from "../wire/types.ts";

const MAX_DATA_BYTES = 64;
const MAX_BUTTONS = 100;

/**
 * The inline keyboard of a call; undefined when it has none. Reply keyboards are taken and forgotten, as
 * messages do not show them. @throws ApiError 400
 */
export function replyMarkupOf(parameters: Parameters): ReplyMarkup | undefined {
  const markup = parameters.object("reply_markup", "reply markup");
  if (!markup) return undefined;
  const rows = markup.inline_keyboard;
  if (rows === undefined) {
    const isKnown = ["keyboard", "remove_keyboard", "force_reply"].some((name) => name in markup);
    if (isKnown || Object.keys(markup).length === 0) return undefined;
    throw badRequest("object expected as reply markup");
  }
  if (!Array.isArray(rows)) throw wrong('Field "inline_keyboard" must be of type Array');
  const keyboard = rows.map((row: unknown) => {
    if (!Array.isArray(row)) throw wrong("keyboard button rows must be of type Array");
    return row.map(buttonOf);
  });
  if (keyboard.flat().length > MAX_BUTTONS) throw badRequest("reply markup is too long");
  return { inline_keyboard: keyboard.filter((row) => row.length > 0) };
}

function buttonOf(value: unknown): InlineKeyboardButton {
  if (!isJsonObject(value)) throw wrong("InlineKeyboardButton must be an Object");
  const { text, callback_data: data, url } = value;
  if (typeof text !== "string") throw wrong('Can\'t find field "text"');
  if (text.trim() === "") throw badRequest("inline keyboard button text must be non-empty");
  if (typeof data === "string") {
    const length = Buffer.byteLength(data);
    if (length === 0 || length > MAX_DATA_BYTES) throw badRequest("BUTTON_DATA_INVALID");
    return { text, callback_data: data };
  }
  if (typeof url === "string") {
    if (!/^(https?|tg|ton):\/\/\S+$/i.test(url)) {
      throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
    }
    return { text, url };
  }
  throw badRequest("text buttons are unallowed in the inline keyboard");
}

function wrong(why: string): Error {
  return badRequest(`can't parse inline keyboard button: ${why}`);
}
