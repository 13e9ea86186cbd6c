import type { Socket } from "node:net";

/** Takes a connection apart into the pieces of a handshake; what is not taken stays for the next reader. */
export class ByteReader {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Null when the connection ends before. */
  async take(length: number): Promise<Buffer | null> {
    for (;;) {
      // Bridge: without an encoding a socket gives bytes.
      const bytes = this.#socket.read(length) as Buffer | null;
      if (bytes !== null) return bytes.length === length ? bytes : null;
      if (!(await this.#readable())) return null;
    }
  }

  /** Everything up to and with `end`, at most 16 KiB; null when it does not come. */
  async takeUntil(end: string): Promise<string | null> {
    let text = "";
    while (!text.endsWith(end)) {
      const byte = await this.take(1);
      if (byte === null || text.length > 16_384) return null;
      text += byte.toString("latin1");
    }
    return text;
  }

  #readable(): Promise<boolean> {
    const socket = this.#socket;
    if (socket.destroyed || socket.readableEnded) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (isReadable: boolean) => {
        socket.off("readable", onReadable).off("end", onEnd).off("close", onEnd);
        resolve(isReadable);
      };
      const onReadable = () => done(true);
      const onEnd = () => done(false);
      socket.on("readable", onReadable).on("end", onEnd).on("close", onEnd);
    });
  }
}
