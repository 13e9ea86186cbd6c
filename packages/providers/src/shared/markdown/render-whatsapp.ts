import {
  type Block,
  type FormattedText,
  type Mark,
  plainTextOf,
  type Span,
} from "./formatted-text.ts";

const MARKS: Readonly<Record<Mark, string>> = { bold: "*", italic: "_", strike: "~" };

export interface WhatsAppText {
  readonly text: string;
  /** Ids of the contacts that it names, each once. */
  readonly mentions: readonly string[];
}

/** Writes formatted text with WhatsApp's marks, which have no escapes: literal marks stay literal. */
export function renderWhatsApp(formatted: FormattedText): WhatsAppText {
  const mentions = new Set<string>();
  return { text: renderBlocks(formatted, mentions), mentions: [...mentions] };
}

function renderBlocks(blocks: readonly Block[], mentions: Set<string>): string {
  return blocks.map((block) => renderBlock(block, mentions)).join("\n\n");
}

function renderBlock(block: Block, mentions: Set<string>): string {
  switch (block.type) {
    case "paragraph":
      return renderSpans(block.spans, new Set(), mentions);
    case "codeBlock":
      return `\`\`\`${block.text}\`\`\``;
    case "quote":
      return renderBlocks(block.blocks, mentions)
        .split("\n")
        .map((line) => `> ${line}`)
        .join("\n");
  }
}

function renderSpans(
  spans: readonly Span[],
  around: ReadonlySet<Mark>,
  mentions: Set<string>,
): string {
  return spans.map((span) => renderSpan(span, around, mentions)).join("");
}

function renderSpan(span: Span, around: ReadonlySet<Mark>, mentions: Set<string>): string {
  switch (span.type) {
    case "text":
      return span.text;
    case "code":
      return span.text.includes("`") ? `\`\`\`${span.text}\`\`\`` : `\`${span.text}\``;
    case "link":
      return renderLink(
        span.url,
        renderSpans(span.spans, around, mentions),
        plainTextOf(span.spans),
      );
    case "mention":
      mentions.add(span.contactId);
      return `@${userPartOf(span.contactId)}`;
    default: {
      const inner = renderSpans(span.spans, new Set([...around, span.type]), mentions);
      // The same mark within itself would end it.
      return around.has(span.type) ? inner : marked(inner, MARKS[span.type]);
    }
  }
}

function renderLink(url: string, shown: string, text: string): string {
  return text === "" || text === url ? url : `${shown} (${url})`;
}

/** A mark does not reach over a line break, and touches what it marks. */
function marked(text: string, mark: string): string {
  return text
    .split("\n")
    .map((line) => line.replace(/\S(?:.*\S)?/, (inner) => `${mark}${inner}${mark}`))
    .join("\n");
}

/** What stands before the "@" of an address; the whole id, when it is none. */
function userPartOf(contactId: string): string {
  return contactId.split(/[@:]/, 1)[0] ?? contactId;
}
