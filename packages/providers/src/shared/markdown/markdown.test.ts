import { describe, expect, it } from "vitest";
import { parseMarkdown } from "./parse-markdown.ts";
import { parseWhatsApp } from "./parse-whatsapp.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { renderWhatsApp } from "./render-whatsapp.ts";

const toWhatsApp = (markdown: string) => renderWhatsApp(parseMarkdown(markdown)).text;
const toMarkdown = (text: string) => {
  const formatted = parseWhatsApp(text);
  return formatted && renderMarkdown(formatted);
};

describe("Markdown becomes WhatsApp's marks", () => {
  it.each([
    ["plain text", "plain text"],
    ["**bold** and *italic*, __bold__ and _italic_", "*bold* and _italic_, *bold* and _italic_"],
    ["~~gone~~ but ~not~", "~gone~ but ~not~"],
    ["***both***", "_*both*_"],
    ["**a *b* c**", "*a _b_ c*"],
    ["**two\nlines**", "*two*\n*lines*"],
    ["**bold __again__**", "*bold again*"],
    ["`a*b`", "`a*b`"],
    ["``a`b``", "```a`b```"],
    ["```js\nlet a = 1;\n```", "```let a = 1;```"],
    ["> said\n> more\n\nanswer", "> said\n> more\n\nanswer"],
    ["[the page](https://a.example/x_y)", "the page (https://a.example/x_y)"],
    ["<https://a.example>", "https://a.example"],
    ["[https://a.example](https://a.example)", "https://a.example"],
    ["# Title\ntext", "*Title*\n\ntext"],
    ["- one\n- two\n1. three", "- one\n- two\n1. three"],
    ["a <b>c</b> &amp; [d]: e", "a <b>c</b> &amp; [d]: e"],
    ["[a]: https://a.example", "[a]: https://a.example"],
    ["a\n---\nb", "a\n---\nb"],
    ["2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"],
    ["\\*literal\\*", "*literal*"],
    ["**unclosed and `so` [on](", "**unclosed and `so` [on]("],
    ["", ""],
  ])("%j", (markdown, text) => expect(toWhatsApp(markdown)).toBe(text));

  it("names contacts once each", () => {
    const markdown =
      "**[Ana](mention:5511988887777@s.whatsapp.net)** and [B](mention:77@lid), [Ana](mention:5511988887777@s.whatsapp.net)";
    expect(renderWhatsApp(parseMarkdown(markdown))).toEqual({
      text: "*@5511988887777* and @77, @5511988887777",
      mentions: ["5511988887777@s.whatsapp.net", "77@lid"],
    });
  });
});

describe("WhatsApp's marks become Markdown", () => {
  it.each([
    ["plain", null],
    ["2*3*4, a_b_c, ~ a ~ and *", null],
    ["*open", null],
    ["* a *", null],
    ["**a** __b__", null],
    ["``` ```", null],
    ["*bold* _italic_ ~strike~ `code`", "**bold** _italic_ ~~strike~~ `code`"],
    ["*_both_*!", "**_both_**!"],
    ["*a* b*", "**a** b\\*"],
    ["_snake_case_ it", "_snake\\_case_ it"],
    ["*not\nover lines*", null],
    ["```let *a*\nb```", "```\nlet *a*\nb\n```"],
    ["> said *so*\nanswer", "> said **so**\n\nanswer"],
    ["*x* [y](z) <b> #1\n# no\n>no", "**x** \\[y\\](z) \\<b> #1\n\\# no\n\\>no"],
    ["`a*b* c`", "`a*b* c`"],
    ["*ação*", "**ação**"],
  ])("%j", (text, markdown) => expect(toMarkdown(text)).toBe(markdown));

  it("and back again as they were", () => {
    for (const text of [
      "*bold* _italic_ ~strike~ `code` ```mono``` plain",
      "_*both*_ and *two* * three",
      "> quoted *text*\n> and more\n\nanswer [x] #y",
    ]) {
      const once = toMarkdown(text) ?? "";
      expect(toMarkdown(toWhatsApp(once))).toBe(once);
    }
  });
});

describe("hostile text takes bounded time, and nothing is lost", () => {
  const SIZE = 60_000;
  it.each([
    ["asterisks", "*".repeat(SIZE)],
    ["openers", "*a ".repeat(SIZE / 3)],
    ["pairs", "*a* ".repeat(SIZE / 4)],
    ["mixed openers", "*_~a ".repeat(SIZE / 5)],
    ["brackets", "[".repeat(SIZE)],
    ["links", "[a](".repeat(SIZE / 4)],
    ["quotes", ">".repeat(SIZE)],
    ["quotes below each other", "> a\n".repeat(SIZE / 4)],
    ["backticks", "`".repeat(SIZE)],
    ["backticks apart", "` a ".repeat(SIZE / 4)],
    ["as many marks as are read", `${"*a ".repeat(1_999)}${"b".repeat(SIZE - 6_000)}`],
    ["as many quotes as are read", ">".repeat(1_999)],
    ["as many brackets as are read", "[".repeat(1_999)],
  ])("%s", (_, text) => {
    const begin = process.cpuUsage();
    const shown = toWhatsApp(text);
    toMarkdown(text);
    const { user } = process.cpuUsage(begin);
    expect(user).toBeLessThan(3_000_000);
    const letters = text.replaceAll(/[^ab]/g, "");
    expect(shown.replaceAll(/[^ab]/g, "")).toBe(letters);
  });
});
