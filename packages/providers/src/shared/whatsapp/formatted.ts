import { parseWhatsApp } from "../markdown/parse-whatsapp.ts";
import { renderMarkdown } from "../markdown/render-markdown.ts";

const MAY_BE_FORMATTED = /[*_~`>]/;

/** A text under its name and, when it is formatted, in Markdown as well. */
export function withMarkdown<Name extends string>(
  name: Name,
  text: string,
): Record<Name, string> & { markdown?: string } {
  const formatted = MAY_BE_FORMATTED.test(text) ? parseWhatsApp(text) : null;
  // Bridge: TypeScript widens a computed name.
  const named = { [name]: text } as Record<Name, string>;
  return formatted === null ? named : { ...named, markdown: renderMarkdown(formatted) };
}
