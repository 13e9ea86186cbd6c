import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { OrquestaError } from "@orquesta/core";
import type { HttpHandler } from "../http-handler.ts";
import {
  type AttachEventsOptions,
  attachEvents,
  type EventSockets,
  type NodeListener,
} from "../mounts/node.ts";
import { type RefusalCode, refuse, refuseSocket } from "./refusal.ts";

export interface HttpAddress {
  readonly port: number;
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
}

export interface HttpLimits {
  /** Connections at the same time; those beyond are cut. @default any number */
  readonly maxConnections?: number | undefined;
  /** For the headers of a request to arrive. @default 20 000 */
  readonly headersTimeoutMs?: number | undefined;
  /** For the whole request, its body included. @default 120 000 */
  readonly requestTimeoutMs?: number | undefined;
}

const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 120_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_HEADERS = 100;
const MAX_URL_LENGTH = 8192;

const LISTEN_FAILURES: Record<string, string> = {
  EADDRINUSE: "is in use: stop the other program or set PORT to another one",
  EACCES: "may not be opened by this user: set PORT to one above 1023",
  EADDRNOTAVAIL: "cannot be opened: HOST is no address of this machine",
};

/** Whether an error of `HttpListener.open` says that this port is not to be had, and another one may be. */
export function isAddressTaken(error: unknown): boolean {
  const cause = error instanceof OrquestaError ? error.cause : undefined;
  if (!(cause instanceof Error && "code" in cause)) return false;
  return cause.code === "EADDRINUSE" || cause.code === "EACCES";
}

function toListenError(error: Error, { port, host }: HttpAddress): OrquestaError {
  const code = "code" in error ? String(error.code) : "";
  const what = `port ${port}${host === undefined ? "" : ` of ${host}`}`;
  const why = LISTEN_FAILURES[code] ?? `cannot be opened (${code || error.message})`;
  return new OrquestaError("CONFIGURATION_INVALID", `${what} ${why}`, { cause: error });
}

/** A server that is not hurt by slow, large or broken requests, and answers them in words. */
function createLimitedServer(limits: HttpLimits, active: ReadonlySet<ServerResponse>): Server {
  const {
    maxConnections,
    headersTimeoutMs = HEADERS_TIMEOUT_MS,
    requestTimeoutMs = REQUEST_TIMEOUT_MS,
  } = limits;
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5000, headersTimeoutMs),
    // Node's own refusal says nothing; the mount's does.
    requireHostHeader: false,
  });
  // Node drops those beyond in silence, so one more than we take is let through and refused.
  server.maxHeadersCount = MAX_HEADERS + 1;
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  server.on("checkExpectation", (_, outgoing) => refuse(outgoing, "EXPECTATION_FAILED"));
  server.on("clientError", (error, socket) => {
    const isAnswering = [...active].some((outgoing) => {
      return outgoing.socket === socket && outgoing.headersSent;
    });
    // In the middle of an answer another one would be read as its end.
    if (isAnswering || !socket.writable) socket.destroy();
    else refuseSocket(error, socket);
  });
  return server;
}

function findRefusal({ url = "", rawHeaders }: IncomingMessage): RefusalCode | null {
  if (url.length > MAX_URL_LENGTH) return "URI_TOO_LONG";
  return rawHeaders.length / 2 > MAX_HEADERS ? "HEADERS_TOO_LARGE" : null;
}

/** A listening HTTP server that can be drained. Requests wait until `serve` was called. */
export class HttpListener {
  readonly port: number;
  readonly #server: Server;
  readonly #active: Set<ServerResponse>;
  readonly #listener: PromiseWithResolvers<NodeListener>;
  #eventSockets: EventSockets | null = null;

  private constructor(
    server: Server,
    active: Set<ServerResponse>,
    listener: PromiseWithResolvers<NodeListener>,
    port: number,
  ) {
    this.port = port;
    this.#server = server;
    this.#active = active;
    this.#listener = listener;
  }

  /** @throws CONFIGURATION_INVALID when the address cannot be had */
  static async open(address: HttpAddress, limits: HttpLimits = {}): Promise<HttpListener> {
    const active = new Set<ServerResponse>();
    const listener = Promise.withResolvers<NodeListener>();
    const server = createLimitedServer(limits, active);
    server.on("request", (incoming, outgoing) => {
      const refusal = findRefusal(incoming);
      if (refusal !== null) return refuse(outgoing, refusal);
      active.add(outgoing);
      outgoing.once("close", () => active.delete(outgoing));
      // Once closed to newcomers, a connection must not be kept for another request.
      if (!server.listening) outgoing.shouldKeepAlive = false;
      void listener.promise.then((listen) => listen(incoming, outgoing));
    });
    const opened = Promise.withResolvers<void>();
    server.once("error", opened.reject);
    server.listen(
      { port: address.port, ...(address.host !== undefined && { host: address.host }) },
      opened.resolve,
    );
    await opened.promise.catch((error: Error) => {
      throw toListenError(error, address);
    });
    const bound = server.address();
    const port = typeof bound === "object" && bound ? bound.port : address.port;
    return new HttpListener(server, active, listener, port);
  }

  serve(listener: NodeListener): void {
    this.#listener.resolve(listener);
  }

  /** Serves events over WebSockets, too. */
  serveEvents(handler: HttpHandler, options?: AttachEventsOptions): void {
    this.#eventSockets = attachEvents(this.#server, handler, options);
  }

  /** Takes no more connections, ends WebSockets, lets running requests finish for up to `deadlineMs`, cuts the rest. */
  async close(deadlineMs: number): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    for (const response of this.#active) response.shouldKeepAlive = false;
    const timer = setTimeout(() => this.#server.closeAllConnections(), deadlineMs);
    await this.#eventSockets?.close();
    await closed.promise;
    clearTimeout(timer);
  }
}
