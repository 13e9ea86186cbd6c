import { Readable } from "node:stream";
import { ReadableStream } from "node:stream/web";
import { z } from "zod";

const described = {
  /** As the reader sees it. @default the last part of the URL or path, where there is one */
  fileName: z.string().min(1).max(255).optional(),
  /** @default what the first bytes say, else what the source says */
  mimeType: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+(; *[\w.-]+=[\w."-]+)*$/, "must be a media type such as image/png")
    .max(255)
    .optional(),
};

/**
 * Where the bytes of a medium come from. They are read once, when the message is taken over, and kept
 * until it is sent: a URL may be dead by then, a stream has ended.
 */
export const mediaSourceSchema = z.union([
  z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(4096), ...described }),
  z.strictObject({
    bytes: z.custom<Uint8Array>(
      (bytes) => bytes instanceof Uint8Array && bytes.length > 0,
      "must be bytes, at least one",
    ),
    ...described,
  }),
  /** Path of a file of this machine. Never made of what a stranger sent. */
  z.strictObject({ file: z.string().min(1).max(4096), ...described }),
  z.strictObject({
    stream: z.union([z.instanceof(Readable), z.instanceof(ReadableStream)]),
    ...described,
  }),
  /** What an instance received, by the id in its message. */
  z.strictObject({ mediaId: z.string().min(1).max(256), ...described }),
]);

export type MediaSource = z.input<typeof mediaSourceSchema>;
