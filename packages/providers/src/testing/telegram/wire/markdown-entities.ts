import type { FormattedText } from "./formatted-text.ts";
import { cannotParse, linkTo } from "./html-entities.ts";
import type { MessageEntity } from "./types.ts";

const RESERVED = "_*[]()~`>#+-=|{}.!";

const MARKS: readonly (readonly [string, string])[] = [
  ["||", "spoiler"],
  ["__", "underline"],
  ["*", "bold"],
  ["_", "italic"],
  ["~", "strikethrough"],
];

const NAMES: Readonly<Record<string, string>> = {
  bold: "Bold",
  italic: "Italic",
  underline: "Underline",
  strikethrough: "Strikethrough",
  spoiler: "Spoiler",
  code: "Code",
  pre: "Pre",
  text_link: "TextUrl",
};

interface OpenMark {
  readonly type: string;
  readonly offset: number;
  readonly byte: number;
}

/** `parse_mode: MarkdownV2`: https://core.telegram.org/bots/api#markdownv2-style. @throws ApiError 400 */
export function parseMarkdownV2(source: string): FormattedText {
  return new MarkdownReader(source).read();
}

class MarkdownReader {
  readonly #source: string;
  #index = 0;
  #text = "";
  #quoteStart: number | null = null;
  readonly #open: OpenMark[] = [];
  readonly #entities: MessageEntity[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  read(): FormattedText {
    while (this.#index < this.#source.length) this.#step();
    this.#endQuote();
    const unclosed = this.#open.pop();
    if (unclosed) throw this.#endless(unclosed.type, unclosed.byte);
    return { text: this.#text, entities: this.#entities };
  }

  #step(): void {
    const character = this.#source.charAt(this.#index);
    if (character === "\\" && this.#index + 1 < this.#source.length) {
      this.#take(this.#source.charAt(this.#index + 1), 2);
    } else if (character === "`") {
      this.#code();
    } else if (character === "\n") {
      this.#take("\n", 1);
      if (this.#source.charAt(this.#index) !== ">") this.#endQuote();
    } else if (character === ">" && (this.#text === "" || this.#text.endsWith("\n"))) {
      this.#quoteStart ??= this.#text.length;
      this.#index += 1;
    } else if (!this.#mark() && !this.#link()) {
      if (RESERVED.includes(character)) throw this.#reserved(character);
      this.#take(character, 1);
    }
  }

  #take(text: string, length: number): void {
    this.#text += text;
    this.#index += length;
  }

  #mark(): boolean {
    const found = MARKS.find(([mark]) => this.#source.startsWith(mark, this.#index));
    if (!found) return false;
    const [mark, type] = found;
    const last = this.#open.at(-1);
    if (last?.type === type) {
      this.#open.pop();
      this.#entity({ type }, last.offset);
    } else if (this.#open.some((open) => open.type === type)) {
      throw this.#endless(last?.type ?? type, last?.byte ?? this.#byte());
    } else {
      this.#open.push({ type, offset: this.#text.length, byte: this.#byte() });
    }
    this.#index += mark.length;
    return true;
  }

  #link(): boolean {
    const character = this.#source.charAt(this.#index);
    if (character === "[") {
      this.#open.push({ type: "text_link", offset: this.#text.length, byte: this.#byte() });
      this.#index += 1;
      return true;
    }
    const last = this.#open.at(-1);
    if (character !== "]" || last?.type !== "text_link") return false;
    const target = /^\]\(((?:\\.|[^)\\])*)\)/.exec(this.#source.slice(this.#index));
    if (!target) throw this.#endless("text_link", last.byte);
    this.#open.pop();
    this.#entity(linkTo((target[1] ?? "").replace(/\\(.)/g, "$1")), last.offset);
    this.#index += target[0].length;
    return true;
  }

  #code(): void {
    const isBlock = this.#source.startsWith("```", this.#index);
    const fence = isBlock ? "```" : "`";
    const start = this.#index + fence.length;
    let end = start;
    while (end < this.#source.length && !this.#source.startsWith(fence, end)) {
      end += this.#source.charAt(end) === "\\" ? 2 : 1;
    }
    if (end >= this.#source.length) throw this.#endless(isBlock ? "pre" : "code", this.#byte());
    let inside = this.#source.slice(start, end);
    const language = isBlock ? /^([\w+#-]*)\n/.exec(inside) : null;
    if (language) inside = inside.slice(language[0].length);
    const offset = this.#text.length;
    this.#text += inside.replace(/\\([`\\])/g, "$1");
    const name = language?.[1] ? { language: language[1] } : {};
    this.#entity({ type: isBlock ? "pre" : "code", ...name }, offset);
    this.#index = end + fence.length;
  }

  #endQuote(): void {
    if (this.#quoteStart === null) return;
    const start = this.#quoteStart;
    this.#quoteStart = null;
    const length = this.#text.trimEnd().length - start;
    if (length > 0) this.#entities.push({ type: "blockquote", offset: start, length });
  }

  #entity(entity: Partial<MessageEntity> & { readonly type: string }, offset: number): void {
    const length = this.#text.length - offset;
    if (length > 0) this.#entities.push({ ...entity, offset, length });
  }

  #byte(): number {
    return Buffer.byteLength(this.#source.slice(0, this.#index));
  }

  #endless(type: string, byte: number): Error {
    return cannotParse(`Can't find end of ${NAMES[type] ?? type} entity at byte offset ${byte}`);
  }

  #reserved(character: string): Error {
    return cannotParse(
      `Character '${character}' is reserved and must be escaped with the preceding '\\'`,
    );
  }
}
