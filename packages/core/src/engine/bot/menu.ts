import { OrquestaError } from "../error/orquesta-error.ts";
import type { IncomingContent } from "../message/incoming-content.ts";
import { findOption } from "../message/numbered-menu.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";

/** One line of a menu. */
export interface Choice {
  /** What the customer reads. 1 to 200 characters. */
  readonly label: string;
  /** What `bot.choice` is asked with: stable, also when the label is reworded. 1 to 200 characters. @default the label */
  readonly value?: string;
}

/** The choice that a message answered with. */
export interface Chosen {
  readonly label: string;
  readonly value: string;
}

/** A question that waits for its answer; kept with the session. */
export interface OpenMenu {
  readonly question: string;
  readonly choices: readonly Chosen[];
  /** Unix ms. */
  readonly expiresAt: number;
  /** How often it was asked again. */
  readonly repeats: number;
  /** Tells its buttons from those of other menus; absent on one that was sent as text. */
  readonly key?: string;
}

const PREFIX = "choose:";
const MAX_BUTTONS = 10;
const MAX_TITLE_LENGTH = 64;

const MAX_CHOICES = 30;
const MAX_LENGTH = 200;
const MAX_QUESTION_LENGTH = 4096;
/** Two bots that talk to one another must come to an end. */
const MAX_REPEATS = 2;

/**
 * @param key differs from that of every other menu, and is the same on a repeat
 * @throws VALIDATION_FAILED
 */
export function openMenu(
  question: string,
  choices: readonly Choice[],
  { expiresAt, key }: { readonly expiresAt: number; readonly key: string },
): OpenMenu {
  const full = choices.map(({ label, value = label }) => ({ label, value }));
  const isText = (text: string, max: number) => text.trim() !== "" && text.length <= max;
  const complain = (problem: string) => {
    throw new OrquestaError("VALIDATION_FAILED", `menu is not valid: ${problem}`);
  };
  if (!isText(question, MAX_QUESTION_LENGTH)) {
    complain(`the question has 1 to ${MAX_QUESTION_LENGTH} characters`);
  }
  if (full.length < 1 || full.length > MAX_CHOICES) complain(`it has 1 to ${MAX_CHOICES} choices`);
  for (const { label, value } of full) {
    if (isText(label, MAX_LENGTH) && isText(value, MAX_LENGTH)) continue;
    complain(`labels and values have 1 to ${MAX_LENGTH} characters`);
  }
  return { question, choices: full, expiresAt, repeats: 0, key };
}

/**
 * As buttons or a list, in the platform's own way: on WhatsApp as a text with numbers. With labels that
 * are too long for either as a plain text, which every platform shows.
 */
export function menuContent({ question, choices, key }: OpenMenu): OutgoingContent {
  const rows = choices.map(({ label }, index) => ({
    id: `${PREFIX}${key}:${index}`,
    title: label,
  }));
  if (key === undefined || rows.some(({ title }) => title.length > MAX_TITLE_LENGTH)) {
    const lines = choices.map(({ label }, index) => `${index + 1}. ${label}`);
    return { type: "text", text: [question, "", ...lines].join("\n") };
  }
  if (rows.length <= MAX_BUTTONS) return { type: "buttons", text: question, buttons: rows };
  return { type: "list", text: question, sections: [{ rows }] };
}

/**
 * What a message chooses from the open menu: a button or a row of it, its number or its label. Null when
 * it chooses nothing, and for a menu that is not open any more.
 */
export function findChoice(menu: OpenMenu, content: IncomingContent, now: number): Chosen | null {
  if (now >= menu.expiresAt) return null;
  if (content.type === "text") {
    const titles = menu.choices.map((choice) => ({ ...choice, title: choice.label }));
    const found = findOption(titles, content.text);
    return found && { label: found.label, value: found.value };
  }
  if (content.type !== "choice") return null;
  const index = menu.choices.findIndex((_, at) => content.id === `${PREFIX}${menu.key}:${at}`);
  return menu.choices[index] ?? null;
}

/** What a message chooses from buttons or a list that were not sent by `choose`. */
export function otherChoice(content: IncomingContent): Chosen | null {
  if (content.type !== "choice" || content.id.startsWith(PREFIX)) return null;
  return { label: content.title, value: content.id };
}

/** The menu to ask again after an answer that nobody understood; null when it is not worth it any more. */
export function repeatMenu(menu: OpenMenu, now: number): OpenMenu | null {
  if (now >= menu.expiresAt || menu.repeats >= MAX_REPEATS) return null;
  return { ...menu, repeats: menu.repeats + 1 };
}
