import { expect, it } from "vitest";
import { withMarkdown } from "./formatted.ts";

it("a text is told in Markdown as well when it is formatted, and only then", () => {
  expect(withMarkdown("text", "a *b* c")).toEqual({ text: "a *b* c", markdown: "a **b** c" });
  expect(withMarkdown("caption", "2 * 3")).toEqual({ caption: "2 * 3" });
});
