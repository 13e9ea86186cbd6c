const LENGTH_BYTES = 3;
const MAX_FRAME_BYTES = 2 ** (8 * LENGTH_BYTES) - 1;

/** Puts the 3-byte length before a frame. */
export function frame(body: Uint8Array): Buffer {
  if (body.length > MAX_FRAME_BYTES) throw new RangeError(`frame of ${body.length} bytes`);
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  bytes.writeUIntBE(body.length, 0, LENGTH_BYTES);
  bytes.set(body, LENGTH_BYTES);
  return bytes;
}

/** Cuts a byte stream into frames: a WebSocket message may hold several of them, or a part of one. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  /** The bytes that have to come before the first frame. */
  #intro: Buffer | null;

  constructor(intro: Buffer) {
    this.#intro = intro;
  }

  /** The frames that are complete; throws when the stream does not begin as it has to. */
  *read(bytes: Buffer): Generator<Buffer> {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    if (!this.#takeIntro()) return;
    while (this.#pending.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#pending.readUIntBE(0, LENGTH_BYTES);
      if (this.#pending.length < end) return;
      const body = this.#pending.subarray(LENGTH_BYTES, end);
      this.#pending = this.#pending.subarray(end);
      yield body;
    }
  }

  #takeIntro(): boolean {
    const intro = this.#intro;
    if (!intro) return true;
    const start = this.#pending.subarray(0, intro.length);
    if (!start.equals(intro.subarray(0, start.length))) throw new Error("unknown protocol");
    if (start.length < intro.length) return false;
    this.#pending = this.#pending.subarray(intro.length);
    this.#intro = null;
    return true;
  }
}
