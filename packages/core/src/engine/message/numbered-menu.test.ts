import { expect, it } from "vitest";
import { findOption, menuOptions, toNumberedText } from "./numbered-menu.ts";

const list = {
  type: "list",
  text: "What may we bring?",
  footer: "Until 22:00",
  sections: [
    {
      title: "Pizza",
      rows: [
        { id: "m", title: "Margherita", description: "tomato, mozzarella" },
        { id: "f", title: "Funghi" },
      ],
    },
    { rows: [{ id: "w", title: "Água" }] },
  ],
} as const;

it("a list is a text with numbers that go on through its sections", () => {
  const sections = list.sections.map((section) => ({ ...section, rows: [...section.rows] }));
  const menu = { ...list, sections };
  expect(toNumberedText(menu)).toEqual({
    type: "text",
    text: [
      "What may we bring?",
      "",
      "Pizza",
      "1. Margherita",
      "   tomato, mozzarella",
      "2. Funghi",
      "",
      "3. Água",
      "",
      "Until 22:00",
    ].join("\n"),
  });
  expect(menuOptions(menu).map(({ id }) => id)).toEqual(["m", "f", "w"]);
});

it("buttons that open an address have no number, and nothing of a title is formatted", () => {
  const buttons = [
    { id: "a", title: "*Now*" },
    { title: "Our page", url: "https://example.com/a_b" },
    { id: "b", title: "Later" },
  ];
  const menu = { type: "buttons", text: "When?", buttons } as const;
  const text = "When?\n\n1. *Now*\nOur page: https://example.com/a_b\n2. Later";
  expect(toNumberedText({ ...menu, quoteMessageId: "q" })).toEqual({
    type: "text",
    text,
    quoteMessageId: "q",
  });
  const markdown = toNumberedText({ ...menu, text: "**When?**", format: "markdown" });
  expect(markdown.format).toBe("markdown");
  expect(markdown.text).toContain("**When?**\n\n1\\. \\*Now\\*\n");
  expect(markdown.text.replace(/\\(.)/g, "$1")).toBe(text.replace("When?", "**When?**"));
});

it.each([
  ["2", "f"],
  [" 2. ", "f"],
  ["2)", "f"],
  ["FUNGHI", "f"],
  ["agua", "w"],
  ["A\u0301GUA", "w"],
  ["  margherita ", "m"],
])("the answer %j chooses %s", (answer, id) => {
  const sections = list.sections.map((section) => ({ ...section, rows: [...section.rows] }));
  expect(findOption(menuOptions({ ...list, sections }), answer)?.id).toBe(id);
});

it.each(["0", "4", "2 pizzas", "", ".", "-1", "2.5", "Margherita or Funghi"])(
  "the answer %j chooses nothing",
  (answer) => {
    const sections = list.sections.map((section) => ({ ...section, rows: [...section.rows] }));
    expect(findOption(menuOptions({ ...list, sections }), answer)).toBeNull();
  },
);
