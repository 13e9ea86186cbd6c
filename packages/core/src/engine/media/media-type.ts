import { fileTypeFromFile } from "file-type";
import { Deadline } from "../error/deadline.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { OutgoingKind } from "../message/outgoing-content.ts";

export const UNKNOWN_TYPE = "application/octet-stream";

const SNIFF_TIMEOUT_MS = 5000;

/** Formats in which others are written: here the claim says more than the bytes. */
const GENERIC: ReadonlySet<string> = new Set([
  "application/zip",
  "application/gzip",
  "application/x-cfb",
  "application/xml",
]);

/** What bytes cannot tell, because it is text or an old office format. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  css: "text/css",
  csv: "text/csv",
  doc: "application/msword",
  htm: "text/html",
  html: "text/html",
  ics: "text/calendar",
  js: "text/javascript",
  json: "application/json",
  md: "text/markdown",
  ppt: "application/vnd.ms-powerpoint",
  svg: "image/svg+xml",
  tgs: "application/x-tgsticker",
  txt: "text/plain",
  vcf: "text/vcard",
  xls: "application/vnd.ms-excel",
  xml: "application/xml",
};

/** What is said of bytes without looking at them. */
export interface TypeClaim {
  readonly mimeType: string | null;
  readonly fileName: string | null;
}

/**
 * The media type of a file. The bytes have the last word over what is claimed, where they have one: a
 * .docx is more than the ZIP that it is, and text says nothing about itself.
 */
export async function detectType(path: string, claim: TypeClaim): Promise<string> {
  const sniffed = await sniff(path);
  const claimed = claimedType(claim);
  if (sniffed === null) return claimed ?? UNKNOWN_TYPE;
  return GENERIC.has(sniffed) && claimed !== null ? claimed : sniffed;
}

const KINDS = {
  image: /^image\/(?!svg)/,
  video: /^video\//,
  gif: /^(video\/|image\/gif$)/,
  audio: /^audio\//,
  voice: /^audio\//,
  document: /^/,
  sticker: /^(image\/(?!svg)|video\/webm|application\/(gzip|x-tgsticker)$)/,
} as const satisfies Partial<Record<OutgoingKind | "gif", RegExp>>;

export type MediaKind = keyof typeof KINDS;

/** The media type of bytes that are sent as `kind`. @throws MEDIA_UNREADABLE when they are something else */
export function typeAs(kind: MediaKind, type: string): string {
  const fitting = kind === "audio" || kind === "voice" ? asAudio(type) : type;
  if (KINDS[kind].test(fitting)) return fitting;
  const message = `the bytes cannot be sent as ${kind}: they are ${type}`;
  throw new OrquestaError("MEDIA_UNREADABLE", message);
}

/** Containers that hold pictures or sound or both are called after the pictures. */
function asAudio(type: string): string {
  if (type === "application/ogg") return "audio/ogg";
  return type.replace(/^video\/(?=(mp4|webm|ogg|3gpp|quicktime)\b)/, "audio/");
}

async function sniff(path: string): Promise<string | null> {
  const deadline = new Deadline(SNIFF_TIMEOUT_MS);
  try {
    return (await fileTypeFromFile(path, { signal: deadline.signal }))?.mime ?? null;
  } catch {
    // Bytes that confuse the detector are none of its types.
    return null;
  } finally {
    deadline.end();
  }
}

/** A claim that bytes would bear out is not believed without them. */
function claimedType({ mimeType, fileName }: TypeClaim): string | null {
  const type = mimeType?.trim().toLowerCase() ?? "";
  const isType = /^[\w.+-]+\/[\w.+-]+(; *[\w.-]+=[\w."-]+)*$/.test(type) && type.length <= 255;
  const isSniffable = /^(image\/(?!svg)|audio\/|video\/)/.test(type) || type === "application/pdf";
  if (isType && !isSniffable && type !== UNKNOWN_TYPE) return type;
  const extension = /\.(\w{1,8})$/.exec(fileName ?? "")?.[1]?.toLowerCase() ?? "";
  return BY_EXTENSION[extension] ?? null;
}
