import type { ContactCard } from "./contact-card.ts";

/** A medium on the platform, or already here: `manager.media.open(instanceId, id)` gives its bytes. */
export interface IncomingMedia {
  /** Unique in the instance. */
  readonly id: string;
  /** As the platform says; the bytes have the last word when they are opened. */
  readonly mimeType: string;
  /** In bytes; null when the platform does not say. */
  readonly size: number | null;
  readonly fileName: string | null;
  readonly seconds?: number;
  readonly width?: number;
  readonly height?: number;
}

interface Captioned {
  readonly media: IncomingMedia;
  readonly caption: string | null;
  /** The caption in Markdown, when it is formatted. */
  readonly markdown?: string;
  readonly viewOnce?: true;
}

/** What a message says. `unsupported` keeps the fact that something came, with the platform's word for it. */
export type IncomingContent =
  | {
      readonly type: "text";
      /** As it was written: on WhatsApp with its marks, on Telegram without. */
      readonly text: string;
      /** The same in Markdown, when it is formatted; fit for `format: "markdown"`. */
      readonly markdown?: string;
    }
  | ({ readonly type: "image" } & Captioned)
  | ({ readonly type: "video"; readonly gif?: true } & Captioned)
  | { readonly type: "audio"; readonly media: IncomingMedia; readonly caption?: string }
  | { readonly type: "voice"; readonly media: IncomingMedia; readonly viewOnce?: true }
  | ({ readonly type: "document" } & Captioned)
  | { readonly type: "sticker"; readonly media: IncomingMedia; readonly emoji?: string }
  | {
      readonly type: "location";
      readonly latitude: number;
      readonly longitude: number;
      readonly name: string | null;
      readonly address: string | null;
      /** It goes on moving; only where it began is told. */
      readonly live?: true;
    }
  | { readonly type: "contacts"; readonly contacts: readonly ContactCard[] }
  | {
      readonly type: "poll";
      readonly question: string;
      readonly options: readonly string[];
      readonly multiple: boolean;
    }
  | {
      /** An answer to buttons or a list of ours. */
      readonly type: "choice";
      /** The message that asked. */
      readonly menuMessageId: string;
      /** The id that the button or row was given. */
      readonly id: string;
      readonly title: string;
    }
  | { readonly type: "unsupported"; readonly kind: string };

export type IncomingKind = IncomingContent["type"];
export type IncomingContentOf<Kind extends IncomingKind> = Extract<
  IncomingContent,
  { readonly type: Kind }
>;
