import type { Contact } from "./contact.ts";

/** What a message says. `unsupported` keeps the fact that something came, with the platform's word for it. */
export type IncomingContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "unsupported"; readonly kind: string };

/** The message that this one answers. */
export interface Quote {
  readonly messageId: string;
  readonly senderId: string | null;
  readonly text: string | null;
}

export interface IncomingMessage {
  /** The platform's message id: unique in its chat, not beyond. */
  readonly id: string;
  readonly chatId: string;
  readonly chatType: "direct" | "group" | "broadcast" | "channel";
  readonly sender: Contact;
  /** When the platform accepted it, ISO 8601 UTC with milliseconds. */
  readonly sentAt: string;
  readonly content: IncomingContent;
  readonly quote: Quote | null;
}
