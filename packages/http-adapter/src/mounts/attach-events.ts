import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { HttpHandler } from "../http-handler.ts";
import { isMarkedAsUpgrade, UPGRADE_MARK } from "../upgrade-mark.ts";

export interface AttachEventsOptions {
  /** What a request's target means to the handler. @default the target itself */
  readonly toTarget?: ((target: string) => string) | undefined;
  /** How often clients are asked whether they are there; who has not answered by the next time is cut. @default 30 000 */
  readonly pingMs?: number | undefined;
}

export interface EventSockets {
  /** Open WebSockets. */
  readonly size: number;
  /** Takes no more, tells every client that the server goes away (1001), cuts those that do not leave. Idempotent. */
  close(): Promise<void>;
}

const GOING_AWAY = 1001;
const MAX_MESSAGE_BYTES = 4096;
const PING_MS = 30_000;
const LEAVE_WITHIN_MS = 2000;
const EVENT_SOCKET = /\/events\/socket\/?$/;

/**
 * Serves the event streams of a handler over the WebSockets of a Node server. Everything is decided
 * before the upgrade: what is refused gets the handler's own answer over HTTP. On a server that others
 * take upgrades from too, it leaves theirs alone.
 */
export function attachEvents(
  server: Server,
  handler: HttpHandler,
  options: AttachEventsOptions = {},
): EventSockets {
  return new AttachedEvents(server, handler, options);
}

class AttachedEvents implements EventSockets {
  readonly #server: Server;
  readonly #handler: HttpHandler;
  readonly #toTarget: (target: string) => string;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  /** Who has answered the last ping. */
  readonly #alive = new WeakSet<WebSocket>();
  readonly #pinger: NodeJS.Timeout;
  #isClosing = false;
  #closed: Promise<void> | null = null;

  constructor(server: Server, handler: HttpHandler, options: AttachEventsOptions) {
    const { toTarget = (target) => target, pingMs = PING_MS } = options;
    this.#server = server;
    this.#handler = handler;
    this.#toTarget = toTarget;
    this.#pinger = setInterval(() => this.#ping(), pingMs);
    this.#pinger.unref();
    server.on("upgrade", this.#onUpgrade);
  }

  get size(): number {
    return this.#sockets.clients.size;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  readonly #onUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    const target = this.#toTarget(incoming.url ?? "/");
    const [path = ""] = target.split("?");
    if (!EVENT_SOCKET.test(path)) {
      if (this.#server.listenerCount("upgrade") === 1) void refuse(socket, 404);
      return;
    }
    this.#upgrade(incoming, socket, head, target).catch(() => socket.destroy());
  };

  async #upgrade(
    incoming: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    target: string,
  ): Promise<void> {
    const gone = new AbortController();
    socket.once("close", () => gone.abort());
    const request = toRequest(incoming, target, gone.signal);
    if (this.#isClosing) return refuse(socket, 503);
    if (request === null) return refuse(socket, 400);
    const response = await this.#handler(request);
    const { body, headers } = response;
    if (body === null || !isMarkedAsUpgrade(headers)) return refuse(socket, response);
    if (this.#isClosing || gone.signal.aborted) {
      await body.cancel();
      return refuse(socket, 503);
    }
    this.#sockets.handleUpgrade(incoming, socket, head, (client) => {
      this.#alive.add(client);
      client.on("pong", () => this.#alive.add(client));
      // Too large a message, or no WebSocket frame: ws closes by itself.
      client.on("error", () => {});
      void send(client, body.getReader());
    });
  }

  #ping(): void {
    for (const client of this.#sockets.clients) {
      if (this.#alive.delete(client)) client.ping();
      else client.terminate();
    }
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#pinger);
    const clients = [...this.#sockets.clients];
    const left = clients.map((client) => new Promise((resolve) => client.once("close", resolve)));
    for (const client of clients) client.close(GOING_AWAY, "the server is going away");
    const timer = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, LEAVE_WITHIN_MS);
    await Promise.all(left);
    clearTimeout(timer);
    this.#server.off("upgrade", this.#onUpgrade);
  }
}

function toRequest(incoming: IncomingMessage, target: string, signal: AbortSignal): Request | null {
  const url = URL.parse(target, `http://${incoming.headers.host ?? "localhost"}`);
  if (url === null || incoming.method !== "GET") return null;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  headers.set(UPGRADE_MARK.header, UPGRADE_MARK.value);
  return new Request(url, { headers, signal });
}

async function refuse(socket: Duplex, refusal: Response | number): Promise<void> {
  const response = typeof refusal === "number" ? new Response(null, { status: refusal }) : refusal;
  const body = Buffer.from(await response.arrayBuffer());
  const { status, headers } = response;
  headers.set("connection", "close");
  headers.set("content-length", String(body.byteLength));
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`;
  socket.end(Buffer.concat([Buffer.from(head), body]));
}

/** The next message is taken when the one before is on its way: a client that does not read takes none. */
async function send(
  client: WebSocket,
  messages: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> {
  client.once("close", () => void messages.cancel().catch(() => {}));
  try {
    for (;;) {
      const { done, value } = await messages.read();
      if (done) break;
      await new Promise<void>((resolve, reject) => {
        client.send(value, { binary: false }, (error) => (error ? reject(error) : resolve()));
      });
    }
    client.close(GOING_AWAY, "the stream has ended");
  } catch {
    client.terminate();
  }
}
