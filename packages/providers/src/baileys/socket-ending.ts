import type { WASocket } from "@whiskeysockets/baileys";
import type { FrameSink } from "./outgoing/outgoing-gate.ts";

/** The `ws` socket inside Baileys' client. */
export interface RawWebSocket extends FrameSink {
  close(...reason: unknown[]): void;
  terminate(): void;
  once(event: "close", listener: () => void): unknown;
  readonly readyState: number;
}

const CLOSED = 3;
/** How long the other side may take for the closing handshake. */
const CLOSE_MS = 1_000;

/** Baileys hides it in TypeScript only; it exists as soon as the socket is made. */
export function rawWebSocketOf(socket: WASocket): RawWebSocket {
  const { socket: raw } = socket.ws as unknown as { readonly socket: RawWebSocket };
  return raw;
}

/**
 * Whoever closes the socket, the other side gets a moment for its part of the closing handshake, and
 * then the connection is cut. `ws` would wait for 30 s and Baileys tells of an end only afterwards.
 */
export function boundClosing(raw: RawWebSocket): void {
  const close = raw.close.bind(raw);
  let timer: NodeJS.Timeout | undefined;
  raw.close = (...reason) => {
    close(...reason);
    if (timer !== undefined || raw.readyState === CLOSED) return;
    timer = setTimeout(() => raw.terminate(), CLOSE_MS);
    raw.once("close", () => clearTimeout(timer));
  };
}

/**
 * Ends a Baileys socket and what Baileys leaves behind.
 *
 * Queries without an answer sit for a minute and keep the whole dead socket alive: they get the
 * "no answer" now that they would get then. Frames that are still being decoded go nowhere, or their
 * handlers would try to answer on a closed socket, some of them without catching the error.
 */
export function endSocket(socket: WASocket, raw: RawWebSocket): void {
  const { ws } = socket;
  const emit = ws.emit.bind(ws);
  const answerQueries = () => {
    for (const name of ws.eventNames()) {
      if (typeof name === "string" && name.startsWith("TAG:")) emit(name, undefined);
    }
  };
  void socket.end(undefined).catch(() => {});
  answerQueries();
  ws.emit = () => false;
  // Nothing happens when it is closing already.
  raw.close();
  const finish = () => {
    answerQueries();
    ws.removeAllListeners();
    socket.ev.removeAllListeners("creds.update");
  };
  if (raw.readyState === CLOSED) finish();
  else raw.once("close", finish);
}
