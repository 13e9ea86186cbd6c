import { type FileHandle, open } from "node:fs/promises";

/** RFC 7845: positions count samples of 48 kHz, whatever was recorded. */
const SAMPLES_PER_SECOND = 48_000;
/** The longest Ogg page (RFC 3533), so that the last one surely begins in as much of the end. */
const MAX_PAGE_BYTES = 65_307;
const PAGE = Buffer.from("OggS");
const HEAD = Buffer.from("OpusHead");

/** How long an Ogg Opus file plays, of its first and its last page; null when it is none. */
export async function opusSeconds(path: string): Promise<number | null> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = await read(file, 0, 512);
    const head = start.indexOf(HEAD);
    if (!start.subarray(0, PAGE.length).equals(PAGE) || head === -1) return null;
    const skipped = start.readUInt16LE(head + 10);
    const end = await read(file, Math.max(0, size - MAX_PAGE_BYTES), MAX_PAGE_BYTES);
    const page = end.lastIndexOf(PAGE);
    const samples = Number(end.readBigInt64LE(page + 6)) - skipped;
    return samples > 0 ? Math.round((samples / SAMPLES_PER_SECOND) * 100) / 100 : null;
  } catch {
    // Cut short or made up: it plays as long as it plays.
    return null;
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
  return buffer.subarray(0, bytesRead);
}
