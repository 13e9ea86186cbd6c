import type { Block, FormattedText, Mark, Span } from "./formatted-text.ts";

const MARKS: Readonly<Record<Mark, string>> = { bold: "**", italic: "_", strike: "~~" };
const SPECIAL = /[\\*_~`[\]<]/g;
const SPECIAL_AT_LINE_START = /^(\s*)([>#])/gm;

/** Writes formatted text as Markdown that `parseMarkdown` reads back as it was. */
export function renderMarkdown(formatted: FormattedText): string {
  return formatted.map(renderBlock).join("\n\n");
}

function renderBlock(block: Block): string {
  switch (block.type) {
    case "paragraph":
      return renderSpans(block.spans).replace(SPECIAL_AT_LINE_START, "$1\\$2");
    case "codeBlock":
      return fenced(block.text, block.language);
    case "quote":
      return renderMarkdown(block.blocks)
        .split("\n")
        .map((line) => `> ${line}`)
        .join("\n");
  }
}

function renderSpans(spans: readonly Span[]): string {
  return spans.map(renderSpan).join("");
}

function renderSpan(span: Span): string {
  switch (span.type) {
    case "text":
      return span.text.replace(SPECIAL, "\\$&");
    case "code":
      return inlineCode(span.text);
    case "link":
      return `[${renderSpans(span.spans)}](<${span.url.replace(/[<>\\\n]/g, encodeURIComponent)}>)`;
    case "mention":
      return `[${renderSpans(span.spans)}](mention:${span.contactId})`;
    default:
      return `${MARKS[span.type]}${renderSpans(span.spans)}${MARKS[span.type]}`;
  }
}

/** Backticks around it are one more than any within. */
function inlineCode(text: string): string {
  const ticks = "`".repeat(longestRun(text) + 1);
  const gap = /^`|`$|^ .* $/.test(text) ? " " : "";
  return `${ticks}${gap}${text}${gap}${ticks}`;
}

function fenced(text: string, language: string | null): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language ?? ""}\n${text.replace(/^\n|\n$/g, "")}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
