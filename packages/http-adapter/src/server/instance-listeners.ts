import type { InstanceManager, Logger } from "@orquesta/core";
import type { HttpHandler } from "../http-handler.ts";
import type { NodeListener } from "../mounts/node.ts";
import { HttpListener, isAddressTaken } from "./http-listener.ts";
import type { InstancePorts } from "./instance-ports.ts";
import { toInstanceUrl } from "./instance-url.ts";

export interface InstanceListenersOptions {
  readonly manager: Pick<InstanceManager, "list" | "on">;
  readonly ports: InstancePorts;
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
  /** On each port. Undefined: any number. */
  readonly maxConnections: number | undefined;
  /** How long running requests may take once an instance is removed. */
  readonly drainMs: number;
  readonly logger: Logger;
}

/** What answers: requests, and those that ask for a WebSocket with events. */
interface Served {
  readonly listener: NodeListener;
  readonly events: HttpHandler;
}

/**
 * A port for each instance that serves the routes of that instance alone. One that cannot be had fails
 * nothing: the instance is reached through the main port.
 */
export class InstanceListeners {
  readonly #options: InstanceListenersOptions;
  readonly #served = Promise.withResolvers<Served>();
  readonly #opened = new Map<string, Promise<HttpListener | null>>();
  readonly #closing = new Set<Promise<void>>();
  readonly #unsubscribe: readonly (() => void)[];
  #closed = false;

  private constructor(options: InstanceListenersOptions) {
    this.#options = options;
    this.#unsubscribe = [
      options.manager.on("instance.created", ({ instanceId }) => this.#add(instanceId)),
      options.manager.on("instance.removed", ({ instanceId }) => this.#remove(instanceId)),
    ];
  }

  /** Opens one for every instance, and from now on for every new one. Requests wait until `serve` was called. */
  static async open(options: InstanceListenersOptions): Promise<InstanceListeners> {
    const listeners = new InstanceListeners(options);
    const ids = (await options.manager.list()).map(({ id }) => id);
    options.ports.retain(ids);
    await Promise.all(ids.map((id) => listeners.#start(id)));
    options.ports.save();
    return listeners;
  }

  /** Requests to an instance's own port come out of it as requests to the main one. */
  serve(listener: NodeListener, events: HttpHandler): void {
    this.#served.resolve({ listener, events });
  }

  /** Null: the instance has none of its own. */
  async portOf(instanceId: string): Promise<number | null> {
    return (await this.#opened.get(instanceId))?.port ?? null;
  }

  /** Takes no more connections, lets running requests finish for up to `deadlineMs`, cuts the rest. Idempotent. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const opened = await Promise.all(this.#opened.values());
    this.#opened.clear();
    await Promise.all(opened.map((listener) => listener?.close(deadlineMs)));
    await Promise.all(this.#closing);
  }

  #start(instanceId: string): Promise<HttpListener | null> {
    const opening = this.#opened.get(instanceId) ?? this.#openOne(instanceId);
    this.#opened.set(instanceId, opening);
    return opening;
  }

  async #openOne(instanceId: string): Promise<HttpListener | null> {
    const { ports, host, maxConnections, logger } = this.#options;
    const refused = new Set<number>();
    for (;;) {
      const port = ports.reserve(instanceId, refused);
      if (port === null) {
        logger.warn("no port is free for an instance; it is reached through the main one", {
          instanceId,
        });
        return null;
      }
      try {
        const opened = await HttpListener.open({ port, host }, { maxConnections });
        void this.#served.promise.then((served) => serveScoped(opened, served, instanceId));
        return opened;
      } catch (error) {
        refused.add(port);
        if (isAddressTaken(error)) continue;
        ports.release(instanceId);
        logger.warn("the port of an instance cannot be opened", { instanceId, port, error });
        return null;
      }
    }
  }

  async #add(instanceId: string): Promise<void> {
    if (this.#closed) return;
    await this.#start(instanceId);
    this.#options.ports.save();
  }

  #remove(instanceId: string): void {
    const opening = this.#opened.get(instanceId);
    if (!opening) return;
    this.#opened.delete(instanceId);
    const closing = this.#end(instanceId, opening).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** The port is free for others only once it is. */
  async #end(instanceId: string, opening: Promise<HttpListener | null>): Promise<void> {
    await (await opening)?.close(this.#options.drainMs);
    this.#options.ports.release(instanceId);
    this.#options.ports.save();
  }
}

function serveScoped(opened: HttpListener, { listener, events }: Served, instanceId: string): void {
  opened.serve(scoped(listener, instanceId));
  opened.serveEvents(events, { toTarget: (target) => toInstanceUrl(instanceId, target) });
}

function scoped(listener: NodeListener, instanceId: string): NodeListener {
  return (incoming, outgoing) => {
    incoming.url = toInstanceUrl(instanceId, incoming.url ?? "/");
    return listener(incoming, outgoing);
  };
}
