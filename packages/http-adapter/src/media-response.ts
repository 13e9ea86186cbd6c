import type { Readable } from "node:stream";
import type { ByteRange, MediumPlace, MediumView } from "@orquesta/core";
import { create } from "content-disposition";
import type { ManagerApi } from "./manager-api.ts";

/** What a browser may show in its page: nothing that can hold a script. */
const SHOWN = /^(image\/(png|jpeg|gif|webp)|audio\/|video\/)/;

/**
 * The bytes of a medium that came in, or the part of them that is asked for (RFC 9110, section 14: one
 * range; others are answered with the whole).
 * @throws what `manager.media.open` throws
 */
export async function mediaResponse(
  manager: ManagerApi,
  { instanceId, mediaId }: MediumPlace,
  request: Request,
): Promise<Response> {
  const wait = { signal: request.signal };
  const medium = await manager.media.get(instanceId, mediaId, wait);
  const range = rangeOf(request.headers.get("range"), medium.size);
  const headers = headersOf(medium);
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${medium.size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: medium.size - 1 };
  headers.set("content-length", String(end - start + 1));
  if (range) headers.set("content-range", `bytes ${start}-${end}/${medium.size}`);
  const status = range ? 206 : 200;
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const { stream } = await manager.media.open(instanceId, mediaId, {
    ...wait,
    range: { start, end },
  });
  return new Response(toBody(stream), { status, headers });
}

function headersOf({ mimeType, fileName, hash }: MediumView): Headers {
  const type = SHOWN.test(mimeType) ? "inline" : "attachment";
  return new Headers({
    "content-type": mimeType,
    "content-disposition": create(fileName ?? undefined, { type }),
    "content-security-policy": "default-src 'none'; sandbox",
    "accept-ranges": "bytes",
    etag: `"${hash}"`,
  });
}

function rangeOf(header: string | null, size: number): ByteRange | "unsatisfiable" | null {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return null;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return start <= end ? { start, end } : "unsatisfiable";
}

/** Ends the file when the client goes away. */
function toBody(stream: Readable): ReadableStream<Uint8Array> {
  const chunks = stream.iterator();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      stream.destroy();
    },
  });
}
