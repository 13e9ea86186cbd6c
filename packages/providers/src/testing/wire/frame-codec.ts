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
  /** The bytes before the first frame, once they are complete. */
  #intro: Buffer | null = null;
  readonly #introBytes: number;

  constructor(introBytes: number) {
    this.#introBytes = introBytes;
  }

  get intro(): Buffer | null {
    return this.#intro;
  }

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
    if (this.#intro) return true;
    if (this.#pending.length < this.#introBytes) return false;
    this.#intro = this.#pending.subarray(0, this.#introBytes);
    this.#pending = this.#pending.subarray(this.#introBytes);
    return true;
  }
}
