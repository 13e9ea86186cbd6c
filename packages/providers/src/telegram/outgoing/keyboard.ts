import { createHash } from "node:crypto";
import type { KeyChange, OutboxContentOf } from "@orquesta/core";
import { toKey } from "../session-values.ts";
import { type EntityText, toEntityText } from "./formatted.ts";

/** @see https://core.telegram.org/bots/api#inlinekeyboardbutton */
const MAX_CALLBACK_BYTES = 64;
/** What stands for an id that does not fit begins with it. */
const SHORT = "#";

export interface Keyboard {
  readonly reply_markup: { readonly inline_keyboard: readonly (readonly object[])[] };
  /** Ids that did not fit into their button. */
  readonly keys: readonly KeyChange[];
}

type Menu = OutboxContentOf<"buttons"> | OutboxContentOf<"list">;
type Choice =
  | { readonly id: string; readonly title: string }
  | { readonly url: string; readonly title: string };

/** A line of the keyboard for each choice. */
export function toKeyboard(menu: Menu): Keyboard {
  const keys: KeyChange[] = [];
  const choices: readonly Choice[] =
    menu.type === "buttons" ? menu.buttons : menu.sections.flatMap(({ rows }) => rows);
  const inline_keyboard = choices.map((choice) => {
    if ("url" in choice) return [{ text: choice.title, url: choice.url }];
    const { data, key } = toCallbackData(choice.id);
    if (key) keys.push(key);
    return [{ text: choice.title, callback_data: data }];
  });
  return { reply_markup: { inline_keyboard }, keys: uniqueKeys(keys) };
}

function toCallbackData(id: string): { readonly data: string; readonly key?: KeyChange } {
  if (Buffer.byteLength(id) <= MAX_CALLBACK_BYTES && !id.startsWith(SHORT)) return { data: id };
  const data = SHORT + createHash("sha256").update(id).digest("base64url").slice(0, 32);
  return { data, key: toKey("telegram-choice", data, { id }) };
}

function uniqueKeys(keys: readonly KeyChange[]): KeyChange[] {
  return [...new Map(keys.map((key) => [key.id, key])).values()];
}

/** What stands above the keyboard. Buttons have no room for titles of sections and descriptions. */
export function toMenuText(menu: Menu): EntityText {
  const body = toEntityText(menu.text, { format: menu.format });
  const entities = [...body.entities];
  let text = body.text;
  const add = (line: string, type: string | null) => {
    if (type !== null) entities.push({ type, offset: text.length, length: line.length });
    text += line;
  };
  for (const { title, rows } of menu.type === "list" ? menu.sections : []) {
    const described = rows.filter(({ description }) => description);
    if (title === undefined && described.length === 0) continue;
    text += "\n";
    if (title) {
      text += "\n";
      add(title, "bold");
    }
    for (const row of described) text += `\n• ${row.title}: ${row.description}`;
  }
  if (menu.footer) {
    text += "\n\n";
    add(menu.footer, "italic");
  }
  return { text, entities };
}
