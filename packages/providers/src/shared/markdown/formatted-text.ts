/**
 * Formatted text as a small tree, the same for every platform: Markdown and WhatsApp's marks are read
 * into it, and each platform's own form is made of it.
 */
export type FormattedText = readonly Block[];

export type Block =
  | { readonly type: "paragraph"; readonly spans: readonly Span[] }
  | { readonly type: "quote"; readonly blocks: readonly Block[] }
  | { readonly type: "codeBlock"; readonly text: string; readonly language: string | null };

/** Marks that stand around other text. */
export type Mark = "bold" | "italic" | "strike";

export type Span =
  /** Line breaks are "\n". */
  | { readonly type: "text"; readonly text: string }
  | { readonly type: Mark; readonly spans: readonly Span[] }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "link"; readonly url: string; readonly spans: readonly Span[] }
  | { readonly type: "mention"; readonly contactId: string; readonly spans: readonly Span[] };

/** What people read of it, without any mark. */
export function plainTextOf(spans: readonly Span[]): string {
  return spans.map((span) => ("text" in span ? span.text : plainTextOf(span.spans))).join("");
}

/** Deeper than this nothing is formatted any more: no reader could tell, and no stack overflows. */
export const MAX_DEPTH = 16;
