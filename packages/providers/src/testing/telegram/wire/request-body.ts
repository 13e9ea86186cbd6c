import type { IncomingMessage } from "node:http";
import { ApiError, badRequest } from "./api-error.ts";
import { isJsonObject, type JsonObject, Parameters, type Upload } from "./parameters.ts";

/** The real one takes files of 50 MB; the rest of a request is small. */
const MAX_BODY_BYTES = 52 * 1_024 * 1_024;

/** @throws ApiError 413 (too large), 400 (cannot be read) */
export async function readParameters(
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Parameters> {
  const values: Record<string, unknown> = Object.fromEntries(query);
  if (request.method !== "POST") return new Parameters(values);
  const body = await readBytes(request);
  if (body.length === 0) return new Parameters(values);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("application/json")) {
    return new Parameters({ ...values, ...parseJson(body) });
  }
  const isForm =
    type.startsWith("multipart/form-data") || type.startsWith("application/x-www-form-urlencoded");
  return isForm ? readForm(values, body, type) : new Parameters(values);
}

function parseJson(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (isJsonObject(value)) return value;
  } catch {
    // Said below.
  }
  throw badRequest("can't parse request body JSON object");
}

async function readForm(
  values: Record<string, unknown>,
  body: Buffer,
  type: string,
): Promise<Parameters> {
  const uploads = new Map<string, Upload>();
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), {
      headers: { "content-type": type },
    }).formData();
  } catch {
    throw badRequest("can't parse the form");
  }
  for (const [name, value] of form) {
    if (typeof value === "string") {
      values[name] = value;
    } else {
      const bytes = Buffer.from(await value.arrayBuffer());
      uploads.set(name, { bytes, fileName: value.name, mimeType: value.type });
      values[name] ??= `attach://${name}`;
    }
  }
  return new Parameters(values, uploads);
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isTooLarge = false;
  for await (const chunk of request) {
    const bytes: Buffer = chunk;
    length += bytes.length;
    // Read to its end all the same, so that the answer reaches a client that is still sending.
    if (length > MAX_BODY_BYTES) isTooLarge = true;
    else chunks.push(bytes);
  }
  if (isTooLarge) throw new ApiError(413, "Request Entity Too Large");
  return Buffer.concat(chunks);
}
