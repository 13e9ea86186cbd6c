import type { MiddlewareHandler } from "hono";
import { RequestFault } from "./request-fault.ts";

function tooLarge(maxBytes: number): RequestFault {
  const message = `the request body is too large: it may have ${maxBytes} bytes`;
  return new RequestFault("PAYLOAD_TOO_LARGE", message);
}

async function readUpTo(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

/**
 * Refuses bodies over `maxBytes`, also those that do not tell their length. Hono's own middleware
 * does this too, but it copies the request with `new Request(request)`, which fails for the
 * lightweight requests of Node servers that leave the globals alone.
 */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return async (c, next) => {
    if (Number(c.req.header("content-length") ?? 0) > maxBytes) {
      throw tooLarge(maxBytes);
    }
    const { method, url, headers, body, signal } = c.req.raw;
    if (body) {
      const bytes = await readUpTo(body, maxBytes).catch((error: unknown) => {
        if (error instanceof RequestFault) throw error;
        // The client went away in the middle: nobody's failure, and nobody hears the answer.
        throw new RequestFault("INVALID_JSON", "the request body ended too early");
      });
      c.req.raw = new Request(url, { method, headers, body: bytes, signal });
    }
    await next();
  };
}
