import type { OutboxContent, OutboxContentOf } from "./outgoing-content.ts";
import { withoutAccents } from "./without-accents.ts";

/** A button or a row that can be chosen. */
export interface MenuOption {
  readonly id: string;
  readonly title: string;
}

export type MenuContent = OutboxContentOf<"buttons" | "list">;

export function isMenu(content: OutboxContent): content is MenuContent {
  return content.type === "buttons" || content.type === "list";
}

/** What can be chosen, in the order of its numbers. */
export function menuOptions(menu: MenuContent): MenuOption[] {
  if (menu.type === "list") {
    return menu.sections.flatMap(({ rows }) => rows.map(({ id, title }) => ({ id, title })));
  }
  return menu.buttons.flatMap((button) =>
    "id" in button ? [{ id: button.id, title: button.title }] : [],
  );
}

/** The menu as a text with numbers, for a platform that shows no buttons. */
export function toNumberedText(menu: MenuContent): OutboxContentOf<"text"> {
  const { text, footer, format, quoteMessageId } = menu;
  const literal = format === "markdown" ? escapeMarkdown : (plain: string) => plain;
  const blocks = menu.type === "list" ? linesOfList(menu) : [linesOfButtons(menu)];
  const shown = [...blocks.map((lines) => lines.join("\n")), ...(footer ? [footer] : [])];
  return {
    type: "text",
    text: [text, ...shown.map(literal)].join("\n\n"),
    ...(format && { format }),
    ...(quoteMessageId !== undefined && { quoteMessageId }),
  };
}

/** What a text chooses: its number, as `2`, `2.` or `2)`, or its title. Null when it chooses nothing. */
export function findOption<Option extends { readonly title: string }>(
  options: readonly Option[],
  answer: string,
): Option | null {
  const text = comparable(answer);
  const byTitle = options.find(({ title }) => comparable(title) === text);
  if (byTitle) return byTitle;
  const [, number] = /^(\d{1,3})[.)]?$/.exec(text) ?? [];
  return (number !== undefined && options[Number(number) - 1]) || null;
}

function linesOfButtons({ buttons }: OutboxContentOf<"buttons">): string[] {
  let number = 0;
  return buttons.map((button) => {
    if ("url" in button) return `${button.title}: ${button.url}`;
    number += 1;
    return `${number}. ${button.title}`;
  });
}

function linesOfList({ sections }: OutboxContentOf<"list">): string[][] {
  let number = 0;
  return sections.map(({ title, rows }) => [
    ...(title ? [title] : []),
    ...rows.flatMap((row) => {
      number += 1;
      const line = `${number}. ${row.title}`;
      return row.description ? [line, `   ${row.description}`] : [line];
    }),
  ]);
}

/** Numbers, titles and addresses stand as they are: none of their characters formats anything. */
function escapeMarkdown(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, "\\$&");
}

function comparable(text: string): string {
  return withoutAccents(text).trim().replace(/\s+/g, " ").toLowerCase();
}
