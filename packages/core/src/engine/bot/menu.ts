import { OrquestaError } from "../error/orquesta-error.ts";

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
}

const MAX_CHOICES = 30;
const MAX_LENGTH = 200;
const MAX_QUESTION_LENGTH = 4096;
/** Two bots that talk to one another must come to an end. */
const MAX_REPEATS = 2;

/** @throws VALIDATION_FAILED */
export function openMenu(
  question: string,
  choices: readonly Choice[],
  expiresAt: number,
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
  return { question, choices: full, expiresAt, repeats: 0 };
}

/** As plain text, which every platform shows. */
export function renderMenu({ question, choices }: OpenMenu): string {
  const lines = choices.map(({ label }, index) => `${index + 1}. ${label}`);
  return [question, "", ...lines].join("\n");
}

/** What an answer chooses: its number, as `2`, `2.` or `2)`, or its label. Null when it chooses nothing. */
export function findChoice(
  { choices, expiresAt }: OpenMenu,
  answer: string,
  now: number,
): Chosen | null {
  if (now >= expiresAt) return null;
  const text = answer.trim().toLowerCase();
  const byLabel = choices.find(({ label }) => label.trim().toLowerCase() === text);
  if (byLabel) return byLabel;
  const [, number] = /^(\d{1,2})[.)]?$/.exec(text) ?? [];
  return (number !== undefined && choices[Number(number) - 1]) || null;
}

/** The menu to ask again after an answer that nobody understood; null when it is not worth it any more. */
export function repeatMenu(menu: OpenMenu, now: number): OpenMenu | null {
  if (now >= menu.expiresAt || menu.repeats >= MAX_REPEATS) return null;
  return { ...menu, repeats: menu.repeats + 1 };
}
