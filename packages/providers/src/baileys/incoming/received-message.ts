/** What has to be known of a message to quote it. */
export interface Quotable {
  /** Address of the sender, without device. */
  readonly sender: string;
  readonly text: string | null;
}

/** What a ciphertext was decrypted to: it cannot be decrypted again when it is redelivered. */
export interface Decrypted {
  /** SHA-256 of the ciphertext: another try of the sender has the same message id, but other bytes. */
  readonly hash: string;
  /** As libsignal gave it, padding included. */
  readonly plaintext: Uint8Array;
}

/** A quote shows a few lines; the reader's own copy has the rest. */
const MAX_TEXT = 1_024;

/** One row for both, as every message pays for it. A post of a channel was never encrypted. */
export function toStored({ sender, text }: Quotable, decrypted: Decrypted | null): object {
  return {
    sender,
    text: text === null ? null : text.slice(0, MAX_TEXT),
    ...(decrypted && {
      hash: decrypted.hash,
      plaintext: Buffer.from(decrypted.plaintext).toString("base64"),
    }),
  };
}

/** Parser of a stored row. */
export function toQuotable(stored: unknown): Quotable | null {
  if (typeof stored !== "object" || stored === null) return null;
  const { sender, text } = stored as { sender?: unknown; text?: unknown };
  if (typeof sender !== "string") return null;
  return { sender, text: typeof text === "string" ? text : null };
}

/** Parser of a stored row: what this ciphertext was decrypted to, if it was this one. */
export function toPlaintext(stored: unknown, hash: string): Uint8Array | null {
  if (typeof stored !== "object" || stored === null) return null;
  const row = stored as { hash?: unknown; plaintext?: unknown };
  if (row.hash !== hash || typeof row.plaintext !== "string") return null;
  return Buffer.from(row.plaintext, "base64");
}
