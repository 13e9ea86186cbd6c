import { parseWhatsApp } from "../../../shared/markdown/parse-whatsapp.ts";
import { renderMarkdown } from "../../../shared/markdown/render-markdown.ts";

const MAY_BE_FORMATTED = /[*_~`>]/;

/** The text in Markdown, when it is formatted. */
export function markdownOf(text: string): { readonly markdown?: string } {
  const formatted = MAY_BE_FORMATTED.test(text) ? parseWhatsApp(text) : null;
  return formatted === null ? {} : { markdown: renderMarkdown(formatted) };
}
