import type { BinaryNode } from "@whiskeysockets/baileys";

/** One XML-like element of the protocol. */
export type Stanza = BinaryNode;
export type StanzaContent = NonNullable<Stanza["content"]>;
type Attributes = Readonly<Record<string, string | undefined>>;

/** A stanza that WhatsApp would not take. */
export class MalformedStanzaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedStanzaError";
  }
}

/** Builds a stanza, leaving out the attributes without a value. */
export function stanza(tag: string, attributes: Attributes = {}, content?: StanzaContent): Stanza {
  const attrs: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) attrs[name] = value;
  }
  return content === undefined ? { tag, attrs } : { tag, attrs, content };
}

export function children(node: Stanza | undefined, tag?: string): readonly Stanza[] {
  if (!node || !Array.isArray(node.content)) return [];
  return tag === undefined ? node.content : node.content.filter((child) => child.tag === tag);
}

export function child(node: Stanza | undefined, tag: string): Stanza | undefined {
  return children(node, tag)[0];
}

/** The bytes inside the (child) element; null when it has none. */
export function bytesOf(node: Stanza | undefined, tag?: string): Buffer | null {
  const content = (tag === undefined ? node : child(node, tag))?.content;
  if (typeof content === "string") return Buffer.from(content);
  return content instanceof Uint8Array ? Buffer.from(content) : null;
}

export function requiredBytes(node: Stanza | undefined, tag: string, length?: number): Buffer {
  const bytes = bytesOf(node, tag);
  if (!bytes) throw new MalformedStanzaError(`<${tag}> is missing or empty`);
  if (length !== undefined && bytes.length !== length) {
    throw new MalformedStanzaError(`<${tag}> has ${bytes.length} bytes instead of ${length}`);
  }
  return bytes;
}

export function requiredNumber(node: Stanza | undefined, tag: string, length: number): number {
  return requiredBytes(node, tag, length).readUIntBE(0, length);
}

export function requiredAttribute(node: Stanza, name: string): string {
  const value = node.attrs[name];
  if (!value) throw new MalformedStanzaError(`<${node.tag}> without "${name}"`);
  return value;
}

/** A number as the fixed-width big-endian bytes that key ids travel in. */
export function bigEndian(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}

/** Seconds since 1970, as stanzas carry time. */
export function nowSeconds(): string {
  return String(Math.floor(Date.now() / 1_000));
}
