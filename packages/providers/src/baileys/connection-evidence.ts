import { NO_EVIDENCE, type SessionEvidence } from "@orquesta/core";
import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";
import { BoundedMap } from "../shared/bounded-map/bounded-map.ts";

/** Baileys waits for the answer to a question by listening for this. */
const ANSWER = "TAG:";
/** More are never open at once; an answer that never comes must not be kept for ever. */
const OPEN_QUESTIONS = 64;

/**
 * What a connection shows of its life. Every question that Baileys asks counts as a ping; it asks one
 * every 30 s, and more when there is something to ask.
 */
export class ConnectionEvidence {
  readonly #askedAt = new BoundedMap<string, number>(OPEN_QUESTIONS);
  #evidence: SessionEvidence = NO_EVIDENCE;

  get current(): SessionEvidence {
    return this.#evidence;
  }

  /** To be called as soon as the socket is made. */
  watch({ ws }: WASocket): void {
    ws.on("newListener", (event: string | symbol) => {
      if (typeof event !== "string" || !event.startsWith(ANSWER)) return;
      this.#askedAt.set(event.slice(ANSWER.length), Date.now());
    });
    ws.on("frame", (frame: BinaryNode | Uint8Array) => this.#see(frame));
  }

  /** Whether the server has answered a question that was asked at this time or later, Unix ms. */
  hasAnsweredSince(time: number): boolean {
    const { lastPingAt, pingRoundTripMs } = this.#evidence;
    return lastPingAt !== null && lastPingAt - (pingRoundTripMs ?? 0) >= time;
  }

  /** The server has confirmed a message. */
  acknowledge(): void {
    this.#evidence = { ...this.#evidence, lastAckAt: Date.now() };
  }

  #see(frame: BinaryNode | Uint8Array): void {
    const now = Date.now();
    this.#evidence = { ...this.#evidence, lastSeenAt: now };
    // Frames of the handshake are bytes.
    const id = frame instanceof Uint8Array ? undefined : frame.attrs["id"];
    const askedAt = id === undefined ? undefined : this.#askedAt.get(id);
    if (id === undefined || askedAt === undefined) return;
    this.#askedAt.delete(id);
    const pingRoundTripMs = Math.max(0, now - askedAt);
    this.#evidence = { ...this.#evidence, lastPingAt: now, pingRoundTripMs };
  }
}
