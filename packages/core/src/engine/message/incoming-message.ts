import type { Contact } from "./contact.ts";
import type { IncomingContent } from "./incoming-content.ts";

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
  /** Ids of the contacts that it names; absent when it names none. */
  readonly mentions?: readonly string[];
  /** It names the account itself, or everybody. */
  readonly mentionsMe?: true;
  readonly forwarded?: true;
  /** Messages of one album share it. */
  readonly albumId?: string;
}
