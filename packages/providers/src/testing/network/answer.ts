import type { Stanza } from "../wire/stanza.ts";

/** What to say to an iq: content for a result, or an error. */
export type Answer =
  | { readonly content: Stanza | undefined }
  | { readonly error: { readonly code: string; readonly text: string } };

/** The server's refusals, by code as on the wire. */
const TEXTS = {
  400: "bad-request",
  401: "not-authorized",
  403: "forbidden",
  404: "item-not-found",
  406: "not-acceptable",
  409: "conflict",
  410: "gone",
} as const;

export function refused(code: keyof typeof TEXTS): Answer {
  return { error: { code: String(code), text: TEXTS[code] } };
}

export const DONE: Answer = { content: undefined };
