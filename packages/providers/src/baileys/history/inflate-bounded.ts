import { pipeline } from "node:stream/promises";
import { createInflate } from "node:zlib";

/** More than any phone puts into one part; it is held in memory while it is read. */
const MAX_BYTES = 256 * 2 ** 20;

/** Inflates (RFC 1950). @throws RangeError when it gets too large, or what the source or zlib throws */
export async function inflateBounded(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  await pipeline(
    source,
    createInflate(),
    async (inflated: AsyncIterable<Buffer>) => {
      for await (const chunk of inflated) {
        size += chunk.length;
        if (size > MAX_BYTES) throw new RangeError("inflates to more than can be held");
        chunks.push(chunk);
      }
    },
    { signal },
  );
  return Buffer.concat(chunks, size);
}
