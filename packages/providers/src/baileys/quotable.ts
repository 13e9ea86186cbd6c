/** What has to be known of a message to quote it. */
export interface Quotable {
  /** Address of the sender, without device. */
  readonly sender: string;
  readonly text: string | null;
}

/** A quote shows a few lines; the reader's own copy has the rest. */
const MAX_TEXT = 1_024;

export function toStored({ sender, text }: Quotable): Quotable {
  return { sender, text: text === null ? null : text.slice(0, MAX_TEXT) };
}

/** Parser of a stored row. */
export function fromStored(value: unknown): Quotable | null {
  if (typeof value !== "object" || value === null) return null;
  const { sender, text } = value as { sender?: unknown; text?: unknown };
  if (typeof sender !== "string") return null;
  return { sender, text: typeof text === "string" ? text : null };
}
