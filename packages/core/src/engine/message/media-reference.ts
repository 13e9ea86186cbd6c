import { z } from "zod";

/** A medium that is kept here: what a stored message has in place of its source. */
export const mediaReferenceSchema = z.strictObject({
  /** SHA-256 of the bytes, in hexadecimal digits. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(1),
  mimeType: z.string(),
  fileName: z.string().nullable(),
  /** How long it plays, in seconds; null when it does not, or nobody measured it. */
  seconds: z.number().nullable(),
});

export type MediaReference = z.output<typeof mediaReferenceSchema>;
