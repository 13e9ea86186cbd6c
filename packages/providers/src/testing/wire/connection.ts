import type { Socket } from "node:net";
import { decodeBinaryNode, encodeBinaryNode } from "@whiskeysockets/baileys";
import type { WebSocket } from "ws";
import type { ServerCertificate } from "./certificate-chain.ts";
import { FrameReader, frame } from "./frame-codec.ts";
import { type NoiseClient, NoiseResponder, type TransportCipher } from "./noise-responder.ts";
import { type Stanza, stanza } from "./stanza.ts";

const INTRO = Buffer.of(0x57, 0x41, 6, 3);
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** Above this many unsent bytes the client does not keep up and gets nothing new. */
const CONGESTED_BYTES = 4 * 2 ** 20;

/** What the owner of a connection wants to hear of it. */
export interface ConnectionListener {
  handshaken(client: NoiseClient): void;
  stanza(node: Stanza): void | Promise<void>;
  /** The client has taken what was sent: there is room for more. */
  drained(): void;
  refused(reason: string): void;
  closed(): void;
}

export interface ConnectionFaults {
  /** The client's hello is not answered. */
  readonly isMute: boolean;
}

/** One client's WebSocket: the handshake first, then encrypted stanzas in order, both ways. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #tcp: Socket;
  readonly #listener: ConnectionListener;
  readonly #reader = new FrameReader(INTRO);
  readonly #noise: NoiseResponder;
  readonly #handshakeTimer: NodeJS.Timeout;
  #cipher: TransportCipher | null = null;
  #saidHello = false;
  #corked = false;
  #open = true;
  #closeTimer: NodeJS.Timeout | undefined;
  #backlog: Buffer[] = [];
  #reading = false;

  constructor(
    socket: WebSocket,
    tcp: Socket,
    certificate: ServerCertificate,
    faults: ConnectionFaults,
    listener: (connection: Connection) => ConnectionListener,
  ) {
    this.#socket = socket;
    this.#tcp = tcp;
    this.#noise = new NoiseResponder(certificate);
    this.#listener = listener(this);
    this.#handshakeTimer = setTimeout(() => this.drop(), HANDSHAKE_TIMEOUT_MS);
    if (!faults.isMute) socket.on("message", (data: Buffer) => this.#receive(data));
    socket.on("close", () => this.#onClose());
    // A reset by the client: "close" follows and tells all there is to tell.
    socket.on("error", () => undefined);
    tcp.on("drain", this.#onDrain);
  }

  get open(): boolean {
    return this.#open;
  }

  get congested(): boolean {
    return this.#tcp.writableLength > CONGESTED_BYTES;
  }

  send(node: Stanza): void {
    if (!this.#open || !this.#cipher) return;
    this.#cork();
    this.#socket.send(frame(this.#cipher.encrypt(encodeBinaryNode(node))));
  }

  /** Says a last word and closes. */
  end(lastWord?: Stanza): void {
    if (!this.#open) return;
    if (lastWord) this.send(lastWord);
    this.#open = false;
    this.#socket.close(1000);
    // A client that never answers the close would hold the socket for half a minute.
    this.#closeTimer = setTimeout(() => this.#socket.terminate(), 1_000);
  }

  /** Ends with a stream error, as WhatsApp does. */
  fail(code: number | undefined, reason?: Stanza): void {
    this.end(streamError(code, reason));
  }

  /** Says a stream error and then nothing more: neither closes nor answers a close. */
  failAndLinger(code: number): void {
    this.send(streamError(code));
    this.#open = false;
    this.#tcp.pause();
  }

  /** Resets the TCP connection. */
  drop(): void {
    this.#open = false;
    this.#tcp.resetAndDestroy();
  }

  /** Half-dead from here on: reads nothing and sends nothing, but stays open. */
  stall(): () => void {
    this.#tcp.pause();
    this.#tcp.cork();
    let stalled = true;
    return () => {
      if (!stalled) return;
      stalled = false;
      this.#tcp.uncork();
      this.#tcp.resume();
    };
  }

  readonly #onDrain = (): void => {
    if (this.#open) this.#listener.drained();
  };

  #onClose(): void {
    this.#open = false;
    clearTimeout(this.#handshakeTimer);
    clearTimeout(this.#closeTimer);
    this.#tcp.off("drain", this.#onDrain);
    this.#listener.closed();
  }

  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    // All that one turn of the event loop sends leaves in one write.
    this.#tcp.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#tcp.uncork();
    });
  }

  #receive(data: Buffer): void {
    try {
      for (const body of this.#reader.read(data)) this.#backlog.push(body);
    } catch {
      this.#refuseHandshake();
      return;
    }
    if (!this.#reading) void this.#readBacklog();
  }

  async #readBacklog(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#backlog.length > 0) {
        const bodies = this.#backlog;
        this.#backlog = [];
        for (const body of bodies) {
          if (!this.#open) return;
          if (this.#cipher) await this.#readStanza(this.#cipher, body);
          else this.#shakeHands(body);
        }
      }
    } finally {
      this.#reading = false;
    }
  }

  async #readStanza(cipher: TransportCipher, body: Buffer): Promise<void> {
    let node: Stanza;
    try {
      node = await decodeBinaryNode(cipher.decrypt(body));
    } catch {
      this.#listener.refused("a frame that could not be decrypted or decoded");
      this.drop();
      return;
    }
    await this.#listener.stanza(node);
  }

  #shakeHands(body: Buffer): void {
    try {
      if (!this.#saidHello) {
        this.#sayHello(body);
        return;
      }
      const client = this.#noise.finish(body);
      clearTimeout(this.#handshakeTimer);
      this.#cipher = client.cipher;
      this.#listener.handshaken(client);
    } catch {
      this.#refuseHandshake();
    }
  }

  #refuseHandshake(): void {
    this.#listener.refused("a bad handshake");
    this.drop();
  }

  #sayHello(body: Buffer): void {
    this.#socket.send(frame(this.#noise.answerHello(INTRO, body)));
    this.#saidHello = true;
  }
}

function streamError(code: number | undefined, reason?: Stanza): Stanza {
  const attributes = code === undefined ? {} : { code: String(code) };
  return stanza("stream:error", attributes, reason ? [reason] : undefined);
}
