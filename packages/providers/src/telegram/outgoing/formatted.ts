import type { Block, FormattedText, Span } from "../../shared/markdown/formatted-text.ts";
import { parseMarkdown } from "../../shared/markdown/parse-markdown.ts";

/** As the Bot API takes it: of a user that is mentioned, it wants the id only. */
export interface OutgoingEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
  readonly user?: { readonly id: number };
}

export interface EntityText {
  readonly text: string;
  readonly entities: readonly OutgoingEntity[];
}

export interface Wording {
  readonly format?: "plain" | "markdown" | undefined;
  /** Ids of users to notify. */
  readonly mentions?: readonly string[] | undefined;
}

/** Nothing to see; it bears the mention of somebody whom the text does not name. */
const INVISIBLE = "\u2060";

/** The text with its formatting and its mentions as entities. */
export function toEntityText(text: string, { format, mentions = [] }: Wording): EntityText {
  const writer = new EntityWriter();
  if (format === "markdown") writer.write(parseMarkdown(text));
  else writer.add(text);
  for (const contactId of mentions) writer.mention(contactId);
  return writer;
}

class EntityWriter implements EntityText {
  text = "";
  readonly entities: OutgoingEntity[] = [];

  add(text: string): void {
    this.text += text;
  }

  write(blocks: FormattedText, isQuoted = false): void {
    blocks.forEach((block, index) => {
      if (index > 0) this.add(isQuoted || block.type === "paragraph" ? "\n\n" : "\n");
      this.#block(block, isQuoted);
    });
  }

  /** Where the text says `@<id>`, else behind it. */
  mention(contactId: string): void {
    const user = userOf(contactId);
    if (!user || this.entities.some((entity) => entity.user?.id === user.id)) return;
    const named = new RegExp(`@${contactId}(?!\\d)`).exec(this.text);
    const offset = named?.index ?? this.text.length;
    if (!named) this.add(INVISIBLE);
    const length = named?.[0].length ?? INVISIBLE.length;
    this.entities.push({ type: "text_mention", offset, length, user });
  }

  #block(block: Block, isQuoted: boolean): void {
    if (block.type === "paragraph") this.#spans(block.spans);
    else if (block.type === "codeBlock") {
      const { language } = block;
      this.#around("pre", language === null ? {} : { language }, () => this.add(block.text));
    } else {
      const write = () => this.write(block.blocks, true);
      // Telegram has no quote within a quote.
      if (isQuoted) write();
      else this.#around("blockquote", {}, write);
    }
  }

  #spans(spans: readonly Span[]): void {
    for (const span of spans) this.#span(span);
  }

  #span(span: Span): void {
    if (span.type === "text") this.add(span.text);
    else if (span.type === "code") this.#around("code", {}, () => this.add(span.text));
    else this.#around(...markOf(span), () => this.#spans(span.spans));
  }

  /** @param type null: there is no such mark */
  #around(type: string | null, more: Partial<OutgoingEntity>, write: () => void): void {
    const offset = this.text.length;
    const index = this.entities.length;
    write();
    const length = this.text.length - offset;
    if (type !== null && length > 0)
      this.entities.splice(index, 0, { type, offset, length, ...more });
  }
}

type Marked = Exclude<Span, { readonly type: "text" | "code" }>;

function markOf(span: Marked): readonly [string | null, Partial<OutgoingEntity>] {
  if (span.type === "link") return ["text_link", { url: span.url }];
  if (span.type === "strike") return ["strikethrough", {}];
  if (span.type !== "mention") return [span.type, {}];
  const user = userOf(span.contactId);
  return user === null ? [null, {}] : ["text_mention", { user }];
}

function userOf(contactId: string): { readonly id: number } | null {
  return /^\d{1,16}$/.test(contactId) ? { id: Number(contactId) } : null;
}
