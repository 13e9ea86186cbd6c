import { basename } from "node:path/posix";

const MAX_LENGTH = 255;

/** Invisible, and able to show a name in another order than it has: Unicode's control and format characters. */
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;

/**
 * A name that is nothing but a name: no path, nothing invisible, not longer than file systems take.
 * Null when nothing is left of it.
 */
export function safeFileName(name: string | null | undefined): string | null {
  if (name == null) return null;
  const plain = basename(name.toWellFormed().replaceAll("\\", "/")).replace(UNSEEN, "").trim();
  if (plain === "" || /^\.+$/.test(plain)) return null;
  return shorten(plain);
}

/** The end of a name tells what it is, so it stays. */
function shorten(name: string): string {
  const characters = Array.from(name);
  const end = Array.from(/\.[^.]{1,16}$/.exec(name)?.[0] ?? "");
  const start = characters.slice(0, characters.length - end.length);
  while (start.length > 0 && Buffer.byteLength(start.join("") + end.join("")) > MAX_LENGTH) {
    start.pop();
  }
  return [...start, ...end].join("");
}
