/**
 * JSON that keeps bytes. Differs from Baileys' BufferJSON, which cannot tell a byte array from an
 * object with numeric names, and which takes what a protobuf message says about itself (`toJSON`)
 * instead of what it holds.
 */
const BYTES = "$bytes";

export function encodeExactJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(toPlain(value)), "utf8");
}

export function decodeExactJson(bytes: Uint8Array): unknown {
  return fromPlain(
    JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()),
  );
}

function toPlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
    return { [BYTES]: bytes.toString("base64") };
  }
  if (Array.isArray(value)) return value.map(toPlain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
}

function fromPlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  if (BYTES in value && typeof value[BYTES] === "string")
    return Buffer.from(value[BYTES], "base64");
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]));
}
