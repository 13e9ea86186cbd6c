import { parseMarkdown } from "../../../shared/markdown/parse-markdown.ts";
import { renderWhatsApp } from "../../../shared/markdown/render-whatsapp.ts";

export interface Wording {
  readonly text: string;
  /** Ids of contacts, or everybody in the group. */
  readonly mentions: readonly string[] | "all";
}

interface Written {
  readonly format?: "plain" | "markdown" | undefined;
  readonly mentions?: readonly string[] | "all" | undefined;
}

/** Text as WhatsApp shows it, and whom it names. */
export function toWording(text: string, { format, mentions = [] }: Written): Wording {
  const rendered =
    format === "markdown" ? renderWhatsApp(parseMarkdown(text)) : { text, mentions: [] };
  if (mentions === "all") return { text: rendered.text, mentions };
  return { text: rendered.text, mentions: [...new Set([...rendered.mentions, ...mentions])] };
}
