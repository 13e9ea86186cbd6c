import type { Block, Span } from "../../shared/markdown/formatted-text.ts";
import { renderMarkdown } from "../../shared/markdown/render-markdown.ts";
import type { MessageEntity } from "../api/bot-api-types.ts";

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const SPANS = new Set(["bold", "italic", "strikethrough", "code", "text_link", "text_mention"]);

/** The text in Markdown; null when nothing in it is formatted in a way that Markdown knows. */
export function toMarkdown(text: string, entities: readonly MessageEntity[]): string | null {
  const known = entities.filter(({ type }) => BLOCKS.has(type) || SPANS.has(type));
  if (known.length === 0) return null;
  // Outer ones first; Telegram lets none overlap another halfway.
  const sorted = known.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  return renderMarkdown(toBlocks(text, 0, text.length, sorted));
}

function toBlocks(
  text: string,
  from: number,
  to: number,
  entities: readonly MessageEntity[],
): Block[] {
  const blocks: Block[] = [];
  let at = from;
  const addParagraph = (until: number) => {
    const [start, end] = withoutBreaks(text, at, until);
    if (start < end) blocks.push({ type: "paragraph", spans: toSpans(text, start, end, entities) });
  };
  for (const entity of entities.filter(({ type }) => BLOCKS.has(type))) {
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at || end <= entity.offset) continue;
    addParagraph(entity.offset);
    blocks.push(toBlock(text, entity, end, entities));
    at = end;
  }
  addParagraph(to);
  return blocks;
}

function toBlock(
  text: string,
  { type, offset, language }: MessageEntity,
  end: number,
  entities: readonly MessageEntity[],
): Block {
  if (type === "pre") {
    return { type: "codeBlock", text: text.slice(offset, end), language: language ?? null };
  }
  const inner = entities.filter(
    (entity) => SPANS.has(entity.type) && entity.offset >= offset && entity.offset < end,
  );
  return { type: "quote", blocks: toBlocks(text, offset, end, inner) };
}

function toSpans(
  text: string,
  from: number,
  to: number,
  entities: readonly MessageEntity[],
): Span[] {
  const spans: Span[] = [];
  let at = from;
  const addText = (until: number) => {
    if (at < until) spans.push({ type: "text", text: text.slice(at, until) });
  };
  entities.forEach((entity, index) => {
    const start = Math.max(entity.offset, from);
    const end = Math.min(entity.offset + entity.length, to);
    if (!SPANS.has(entity.type) || start < at || end <= start) return;
    addText(start);
    const inner = entities.slice(index + 1);
    const piece = text.slice(start, end);
    spans.push(toSpan(entity, piece, () => toSpans(text, start, end, inner)));
    at = end;
  });
  addText(to);
  return spans;
}

function toSpan(entity: MessageEntity, text: string, inner: () => Span[]): Span {
  switch (entity.type) {
    case "bold":
    case "italic":
      return { type: entity.type, spans: inner() };
    case "strikethrough":
      return { type: "strike", spans: inner() };
    case "text_link":
      return { type: "link", url: entity.url ?? "", spans: inner() };
    case "text_mention":
      return { type: "mention", contactId: String(entity.user?.id ?? ""), spans: inner() };
    default:
      return { type: "code", text };
  }
}

/** Blocks stand on lines of their own anyway. */
function withoutBreaks(text: string, from: number, to: number): [number, number] {
  let [start, end] = [from, to];
  while (start < end && text[start] === "\n") start += 1;
  while (end > start && text[end - 1] === "\n") end -= 1;
  return [start, end];
}
