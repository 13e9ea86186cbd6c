import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import { type Block, type FormattedText, MAX_DEPTH, type Span } from "./formatted-text.ts";

/**
 * What a chat has no form for stays as it was typed: lists and rules are readable so, HTML is not ours
 * to read, and nothing that somebody wrote may vanish (link definitions would).
 */
const AS_TYPED = {
  disable: {
    null: [
      "codeIndented",
      "definition",
      "htmlFlow",
      "htmlText",
      "characterReference",
      "list",
      "setextUnderline",
      "thematicBreak",
    ],
  },
};

const OPTIONS = {
  extensions: [gfmStrikethrough({ singleTilde: false }), AS_TYPED],
  mdastExtensions: [gfmStrikethroughFromMarkdown()],
};

/** More marks than people type: what has so many is taken as it is, as some take squared time to match. */
const MAX_MARKS = 2_000;
const MARK = /[*_~`[\]<>!]/g;

const MENTION = /^mention:(.+)$/;

/** Reads Markdown; never fails. What is hostile rather than formatted stays as it was typed. */
export function parseMarkdown(markdown: string): FormattedText {
  if ((markdown.match(MARK)?.length ?? 0) > MAX_MARKS) return [asTyped(markdown)];
  return toBlocks(fromMarkdown(markdown, OPTIONS).children, markdown, 0);
}

type BlockNode = ReturnType<typeof fromMarkdown>["children"][number];
type SpanNode = Extract<BlockNode, { type: "paragraph" }>["children"][number];

function toBlocks(nodes: readonly BlockNode[], source: string, depth: number): Block[] {
  return nodes.map((node) => toBlock(node, source, depth));
}

function toBlock(node: BlockNode, source: string, depth: number): Block {
  switch (node.type) {
    case "paragraph":
      return { type: "paragraph", spans: toSpans(node.children, source, depth) };
    case "heading": {
      const spans = toSpans(node.children, source, depth);
      return { type: "paragraph", spans: [{ type: "bold", spans }] };
    }
    case "blockquote": {
      if (depth >= MAX_DEPTH) return asTyped(sourceOf(node, source));
      return { type: "quote", blocks: toBlocks(node.children, source, depth + 1) };
    }
    case "code":
      return { type: "codeBlock", text: node.value, language: node.lang ?? null };
    default:
      return asTyped(sourceOf(node, source));
  }
}

function toSpans(nodes: readonly SpanNode[], source: string, depth: number): Span[] {
  return nodes.map((node) => toSpan(node, source, depth));
}

function toSpan(node: SpanNode, source: string, depth: number): Span {
  if (depth >= MAX_DEPTH) return { type: "text", text: sourceOf(node, source) };
  const inner = (children: readonly SpanNode[]) => toSpans(children, source, depth + 1);
  switch (node.type) {
    case "text":
      return { type: "text", text: node.value };
    case "break":
      return { type: "text", text: "\n" };
    case "strong":
      return { type: "bold", spans: inner(node.children) };
    case "emphasis":
      return { type: "italic", spans: inner(node.children) };
    case "delete":
      return { type: "strike", spans: inner(node.children) };
    case "inlineCode":
      return { type: "code", text: node.value };
    case "link": {
      const spans = inner(node.children);
      const contactId = MENTION.exec(node.url)?.[1];
      if (contactId !== undefined) return { type: "mention", contactId, spans };
      return { type: "link", url: node.url, spans };
    }
    case "image":
      return { type: "link", url: node.url, spans: [{ type: "text", text: node.alt ?? "" }] };
    default:
      return { type: "text", text: sourceOf(node, source) };
  }
}

function asTyped(text: string): Block {
  return { type: "paragraph", spans: [{ type: "text", text }] };
}

function sourceOf({ position }: BlockNode | SpanNode, source: string): string {
  return source.slice(position?.start.offset ?? 0, position?.end.offset ?? source.length);
}
