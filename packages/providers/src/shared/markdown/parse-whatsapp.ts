import type { Block, FormattedText, Mark, Span } from "./formatted-text.ts";

const MARKS: Readonly<Record<string, Mark>> = { "*": "bold", _: "italic", "~": "strike" };
const FENCE = "```";
const WORD = /[\p{L}\p{N}]/u;
const QUOTE = /^> ?/;

/**
 * Reads text with WhatsApp's marks, as its clients show it: a mark opens behind a gap and before a
 * word, closes behind the word and before a gap, and does not reach over a line break; three backticks
 * do. Takes time in proportion to the length, whatever the text is. Null when nothing is formatted.
 */
export function parseWhatsApp(text: string): FormattedText | null {
  const blocks = splitFences(text).flatMap((piece) =>
    piece.isCode
      ? [{ type: "codeBlock" as const, text: piece.text, language: null }]
      : toBlocks(piece.text),
  );
  return blocks.some(isFormatted) ? blocks : null;
}

interface Piece {
  readonly text: string;
  readonly isCode: boolean;
}

/** A fence that nobody closes is no fence. */
function splitFences(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (;;) {
    const opening = text.indexOf(FENCE, from);
    const closing = opening < 0 ? -1 : text.indexOf(FENCE, opening + FENCE.length);
    const code = closing < 0 ? "" : text.slice(opening + FENCE.length, closing);
    if (code.trim() === "") {
      pieces.push({ text: text.slice(from), isCode: false });
      return pieces;
    }
    pieces.push({ text: text.slice(from, opening), isCode: false }, { text: code, isCode: true });
    from = closing + FENCE.length;
  }
}

/** Lines that begin with ">" are a quote, the others a paragraph, each as long as it goes on. */
function toBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let isQuote = false;
  const finish = () => {
    const spans = toLines(lines);
    const paragraph: Block = { type: "paragraph", spans };
    if (lines.some((line) => line.trim() !== "")) {
      blocks.push(isQuote ? { type: "quote", blocks: [paragraph] } : paragraph);
    }
    lines = [];
  };
  for (const line of text.split("\n")) {
    const isQuoted = line.startsWith("> ");
    if (isQuoted !== isQuote) finish();
    isQuote = isQuoted;
    lines.push(isQuoted ? line.replace(QUOTE, "") : line);
  }
  finish();
  return blocks;
}

function toLines(lines: readonly string[]): Span[] {
  const text = lines.join("\n").trim();
  return text.split("\n").flatMap((line, index) => {
    const spans = parseLine(line, new Set());
    return index === 0 ? spans : [{ type: "text" as const, text: "\n" }, ...spans];
  });
}

/** @param around marks that are open already, which open no second time: it nests three deep at most */
function parseLine(line: string, around: ReadonlySet<string>): Span[] {
  const closers = findClosers(line);
  const spans: Span[] = [];
  let plain = "";
  const finish = () => {
    if (plain !== "") spans.push({ type: "text", text: plain });
    plain = "";
  };
  for (let at = 0; at < line.length; at += 1) {
    const mark = line[at] ?? "";
    const closing = around.has(mark) || !opensAt(line, at) ? -1 : (closers.get(mark)?.[at] ?? -1);
    if (closing < 0) {
      plain += mark;
      continue;
    }
    finish();
    const inner = line.slice(at + 1, closing);
    const type = MARKS[mark];
    if (type === undefined) spans.push({ type: "code", text: inner });
    else spans.push({ type, spans: parseLine(inner, new Set([...around, mark])) });
    at = closing;
  }
  finish();
  return spans;
}

/** For each mark and place: where the first closing one is behind what it opens there, or -1. */
function findClosers(line: string): Map<string, Int32Array> {
  const closers = new Map<string, Int32Array>();
  for (const mark of [...Object.keys(MARKS), "`"]) {
    if (!line.includes(mark)) continue;
    const next = new Int32Array(line.length).fill(-1);
    // At least one character stands between the two.
    let found = -1;
    for (let at = line.length - 1; at >= 0; at -= 1) {
      next[at] = found;
      if (line[at + 1] === mark && closesAt(line, at + 1)) found = at + 1;
    }
    closers.set(mark, next);
  }
  return closers;
}

function opensAt(line: string, at: number): boolean {
  return standsBetween(line, line[at - 1] ?? " ", at, line[at + 1] ?? " ");
}

function closesAt(line: string, at: number): boolean {
  return standsBetween(line, line[at + 1] ?? " ", at, line[at - 1] ?? " ");
}

/** Whether a mark has a gap on the outside and something to mark on the inside; doubled it is none. */
function standsBetween(line: string, outside: string, at: number, inside: string): boolean {
  const mark = line[at];
  return !WORD.test(outside) && outside !== mark && inside !== mark && inside.trim() !== "";
}

function isFormatted(block: Block): boolean {
  return block.type !== "paragraph" || block.spans.some(({ type }) => type !== "text");
}
