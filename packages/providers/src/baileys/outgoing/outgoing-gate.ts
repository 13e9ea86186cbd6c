import { type CurrentSend, currentSend } from "./current-send.ts";

type Callback = (error?: Error) => void;

/** As much of a `ws` socket as the gate needs. */
export interface FrameSink {
  send(data: unknown, callback?: Callback): void;
  /** The connection below, once there is one. */
  readonly _socket?: { cork(): void; uncork(): void } | null;
}

interface Frame {
  readonly data: unknown;
  readonly callback: Callback | undefined;
  /** The send that it belongs to: when the gate opens, somebody else's code is running. */
  readonly send: CurrentSend | undefined;
}

/**
 * Stands before the wire and lets nothing out while something is on its way to the disk: no receipt
 * before its message, no message before its ratchet, no pairing before its credentials. Frames wait
 * in their order, which their encryption depends on.
 *
 * When something could not be stored the gate shuts for good: the server must not be told that it
 * was received, nor that it was refused.
 */
export class OutgoingGate {
  readonly #sink: FrameSink;
  readonly #write: (data: unknown, callback?: Callback) => void;
  #waiting: Frame[] = [];
  #holds = 0;
  #isShut = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
    this.#write = sink.send.bind(sink);
    sink.send = (data, callback) => this.#pass({ data, callback, send: currentSend.getStore() });
  }

  get isShut(): boolean {
    return this.#isShut;
  }

  /** Keeps frames back until `durable` is settled; its failure shuts the gate. */
  async holdDuring(durable: Promise<void>): Promise<void> {
    this.#holds++;
    try {
      await durable;
    } catch {
      this.#isShut = true;
    } finally {
      this.#holds--;
      this.#release();
    }
  }

  /** Drops what waits and whatever comes. */
  shut(): void {
    this.#isShut = true;
    this.#release();
  }

  #pass(frame: Frame): void {
    if (this.#isShut || this.#holds === 0) this.#out(frame);
    else this.#wait(frame);
  }

  #wait(frame: Frame): void {
    if (frame.callback === undefined || frame.send !== undefined) {
      this.#waiting.push(frame);
      return;
    }
    // Baileys takes up the next message when the receipt of this one has left. Frames keep their order
    // here, so it may go on: then many messages share a commit, and their receipts one write.
    this.#waiting.push({ ...frame, callback: undefined });
    queueMicrotask(frame.callback);
  }

  #release(): void {
    if (this.#holds > 0 && !this.#isShut) return;
    const frames = this.#waiting;
    if (frames.length === 0) return;
    this.#waiting = [];
    // What has waited together leaves in one write.
    const connection = this.#sink._socket;
    connection?.cork();
    for (const frame of frames) this.#out(frame);
    connection?.uncork();
  }

  #out({ data, callback, send }: Frame): void {
    if (this.#isShut) {
      // As if it had left: Baileys has no good answer to an error here, in some places none at all.
      if (callback) setImmediate(callback);
      return;
    }
    if (send?.hasEncrypted) send.mayHaveLeft = true;
    this.#write(data, callback);
  }
}
