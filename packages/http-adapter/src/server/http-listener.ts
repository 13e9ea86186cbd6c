import { createServer, type Server, type ServerResponse } from "node:http";
import { OrquestaError } from "@orquesta/core";
import type { HttpHandler } from "../http-handler.ts";
import {
  type AttachEventsOptions,
  attachEvents,
  type EventSockets,
  type NodeListener,
} from "../mounts/node.ts";

export interface HttpAddress {
  readonly port: number;
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
}

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
  static async open(address: HttpAddress): Promise<HttpListener> {
    const active = new Set<ServerResponse>();
    const listener = Promise.withResolvers<NodeListener>();
    const server = createServer((incoming, outgoing) => {
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
