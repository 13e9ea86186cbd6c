import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";

const PATH = "/ws/chat";
const MAX_MESSAGE_BYTES = 32 * 2 ** 20;

export interface UpgradeRefusal {
  readonly status: number;
  /** Value of the header `Retry-After`: seconds or an HTTP date. */
  readonly retryAfter?: number | string;
}

/**
 * The HTTP server in front: upgrades to WebSocket, or refuses as a test orders. Plain requests are for
 * the media host.
 */
export class WebSocketDoor {
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  readonly #tcp = new Set<Socket>();
  #refusal: UpgradeRefusal | null = null;
  #isHanging = false;

  private constructor(
    onConnection: (socket: WebSocket, tcp: Socket) => void,
    onRequest: (request: IncomingMessage, response: ServerResponse) => boolean,
  ) {
    this.#http = createServer((request, response) => {
      if (onRequest(request, response)) return;
      response.writeHead(426, { "content-type": "text/plain", connection: "close" });
      response.end("This is a fake WhatsApp server: connect with a WebSocket.\n");
    });
    this.#http.on("connection", (tcp: Socket) => {
      this.#tcp.add(tcp);
      tcp.once("close", () => this.#tcp.delete(tcp));
    });
    this.#http.on("upgrade", (request, stream, head) => {
      // A client that resets in the middle of the upgrade must not end the process.
      stream.on("error", () => undefined);
      this.#upgrade(request, stream, head, onConnection);
    });
  }

  static async open(
    host: string,
    port: number,
    onConnection: (socket: WebSocket, tcp: Socket) => void,
    onRequest: (request: IncomingMessage, response: ServerResponse) => boolean,
  ): Promise<WebSocketDoor> {
    const door = new WebSocketDoor(onConnection, onRequest);
    await new Promise<void>((resolve, reject) => {
      door.#http.once("error", reject);
      door.#http.listen(port, host, () => {
        door.#http.off("error", reject);
        resolve();
      });
    });
    return door;
  }

  get url(): string {
    const { address, family, port } = this.#address();
    return `ws://${family === "IPv6" ? `[${address}]` : address}:${port}${PATH}`;
  }

  /** Host and port. */
  get host(): string {
    return new URL(this.url).host;
  }

  /** TCP connections that are open. */
  get connections(): number {
    return this.#tcp.size;
  }

  /** Answers every upgrade like this until it is called with null. */
  refuse(refusal: UpgradeRefusal | null): void {
    this.#refusal = refusal;
  }

  /** Takes connections and does not answer upgrades. */
  hang(isHanging: boolean): void {
    this.#isHanging = isHanging;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    for (const tcp of this.#tcp) tcp.destroy();
    this.#sockets.close();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }

  #upgrade(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    onConnection: (socket: WebSocket, tcp: Socket) => void,
  ): void {
    if (this.#isHanging) {
      stream.on("end", () => stream.end()).resume();
      return;
    }
    const isChat = new URL(request.url ?? "/", "http://localhost").pathname === PATH;
    const refusal = this.#refusal ?? (isChat ? null : { status: 404 });
    if (refusal !== null) {
      stream.end(refusalText(refusal));
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      request.socket.setNoDelay(true);
      onConnection(socket, request.socket);
    });
  }

  #address(): AddressInfo {
    const address = this.#http.address();
    if (address === null || typeof address === "string") throw new Error("not listening on TCP");
    return address;
  }
}

function refusalText({ status, retryAfter }: UpgradeRefusal): string {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "connection: close",
    "content-length: 0",
    ...(retryAfter === undefined ? [] : [`retry-after: ${retryAfter}`]),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}
