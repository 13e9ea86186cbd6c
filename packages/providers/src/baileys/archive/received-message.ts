/** What has to be known of a message to find it again. */
export interface Remembered {
  /** Address of the sender, without device. */
  readonly sender: string;
  /** Null in rows of former versions. */
  readonly chatId: string | null;
  /** The text in it, where there is no encoded message. */
  readonly text: string | null;
  /** The encoded message, without padding. */
  readonly message: Uint8Array | null;
}

/** What a ciphertext was decrypted to: it cannot be decrypted again when it is redelivered. */
export interface Decrypted {
  /** SHA-256 of the ciphertext: another try of the sender has the same message id, but other bytes. */
  readonly hash: string;
  /** As libsignal gave it, padding included. */
  readonly plaintext: Uint8Array;
}

/** One row for both, as every message pays for it. A post of a channel was never encrypted. */
export function toStored(
  { sender, chatId, text }: Pick<Remembered, "sender" | "chatId" | "text">,
  decrypted: Decrypted | null,
): object {
  if (decrypted === null) return { sender, chatId, text };
  const { hash, plaintext } = decrypted;
  return { sender, chatId, hash, plaintext: Buffer.from(plaintext).toString("base64") };
}

/** Parser of a stored row. */
export function toRemembered(stored: unknown): Remembered | null {
  if (typeof stored !== "object" || stored === null) return null;
  const row = stored as Partial<Record<"sender" | "chatId" | "text" | "plaintext", unknown>>;
  const { sender, chatId, text, plaintext } = row;
  if (typeof sender !== "string") return null;
  return {
    sender,
    chatId: typeof chatId === "string" ? chatId : null,
    text: typeof text === "string" ? text : null,
    message:
      typeof plaintext === "string" ? withoutPadding(Buffer.from(plaintext, "base64")) : null,
  };
}

/** Parser of a stored row: what this ciphertext was decrypted to, if it was this one. */
export function toPlaintext(stored: unknown, hash: string): Uint8Array | null {
  if (typeof stored !== "object" || stored === null) return null;
  const row = stored as { hash?: unknown; plaintext?: unknown };
  if (row.hash !== hash || typeof row.plaintext !== "string") return null;
  return Buffer.from(row.plaintext, "base64");
}

/** Takes off the padding that says its own length in its last byte. */
export function withoutPadding(padded: Uint8Array): Uint8Array {
  const length = padded[padded.length - 1] ?? 0;
  return length > padded.length ? padded : padded.subarray(0, padded.length - length);
}
