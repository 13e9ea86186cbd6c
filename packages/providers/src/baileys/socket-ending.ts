import type { WASocket } from "@whiskeysockets/baileys";
import type { FrameSink } from "./outgoing-gate.ts";

/** The `ws` socket inside Baileys' client. */
export interface RawWebSocket extends FrameSink {
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
 * Ends a Baileys socket and what Baileys leaves behind.
 *
 * Queries without an answer sit for a minute and keep the whole dead socket alive: they get the
 * "no answer" now that they would get then. Frames that are still being decoded go nowhere, or their
 * handlers would try to answer on a closed socket, some of them without catching the error. And a
 * server that does not close its side is not waited for.
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
  const finish = () => {
    clearTimeout(timer);
    answerQueries();
    ws.removeAllListeners();
    socket.ev.removeAllListeners("creds.update");
  };
  const timer = setTimeout(() => raw.terminate(), CLOSE_MS);
  if (raw.readyState === CLOSED) finish();
  else raw.once("close", finish);
}
