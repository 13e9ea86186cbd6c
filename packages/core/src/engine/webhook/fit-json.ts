/** Aims a little below the limit, so that it is met in few steps. */
const AIM = 0.98;

/**
 * JSON of at most `maxBytes`: strings and arrays are cut to one common length, the largest that fits
 * within a few percent. The object's own fields have to be far smaller than `maxBytes`.
 */
export function fitJson(value: object, maxBytes: number): string {
  let json = JSON.stringify(value);
  let bytes = Buffer.byteLength(json);
  let length = json.length;
  while (bytes > maxBytes && length > 0) {
    length = Math.min(length - 1, Math.floor((length * maxBytes * AIM) / bytes));
    const allowed = length;
    json = JSON.stringify(value, (_, part: unknown) => cut(part, allowed));
    bytes = Buffer.byteLength(json);
  }
  return json;
}

function cut(part: unknown, length: number): unknown {
  if (Array.isArray(part)) return part.length > length ? part.slice(0, length) : part;
  if (typeof part !== "string" || part.length <= length) return part;
  const end = part.slice(0, length);
  // Never between the two halves of a surrogate pair.
  return /[\uD800-\uDBFF]$/.test(end) ? end.slice(0, -1) : end;
}
