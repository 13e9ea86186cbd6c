import type { IncomingMessage } from "node:http";
import type { BinaryNode, ConnectionState, WASocket } from "@whiskeysockets/baileys";

export interface SocketListeners {
  /** Before Baileys sees it. */
  onStanza(stanza: BinaryNode): void;
  /** An HTTP answer where a WebSocket was asked for. */
  onRefusal(response: IncomingMessage): void;
  onConnection(update: Partial<ConnectionState>): void;
  /** The account's credentials are other ones by now. */
  onCredentials(): void;
}

/** Follows what happens on a Baileys socket. */
export function listen(socket: WASocket, listeners: SocketListeners): void {
  socket.ws.on("frame", (frame: BinaryNode | Uint8Array) => {
    if (!(frame instanceof Uint8Array)) listeners.onStanza(frame);
  });
  // Baileys listens to it, so that `ws` does not end the attempt, but never looks.
  socket.ws.on("unexpected-response", (_request: unknown, response: IncomingMessage) =>
    listeners.onRefusal(response),
  );
  socket.ev.on("connection.update", (update) => listeners.onConnection(update));
  socket.ev.on("creds.update", () => listeners.onCredentials());
}
