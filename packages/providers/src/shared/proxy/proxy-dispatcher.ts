import { Agent, buildConnector, type Dispatcher, Dispatcher1Wrapper } from "undici";
import type { ProxyServer } from "./proxy-server.ts";
import { openTunnel } from "./tunnel.ts";

/**
 * A dispatcher for undici and for Node's own `fetch`, whose older undici wants it wrapped. Everything
 * goes through the proxy, plain http too; where the proxy fails, the request has the error PROXY_FAILED
 * as its cause. `destroy` ends also what is being opened.
 */
export function makeProxyDispatcher(proxy: ProxyServer): Dispatcher {
  const secure = buildConnector({});
  const destroyed = new AbortController();
  const agent = new Agent({
    connect: (options, callback) => {
      const { hostname, protocol } = options;
      const port = Number(options.port) || (protocol === "https:" ? 443 : 80);
      openTunnel(proxy, { host: hostname, port }, destroyed.signal).then(
        (socket) => {
          if (protocol === "https:") secure({ ...options, httpSocket: socket }, callback);
          else callback(null, socket.setNoDelay());
        },
        (error: Error) => callback(error, null),
      );
    },
  });
  return new ProxyDispatcher(agent, destroyed);
}

class ProxyDispatcher extends Dispatcher1Wrapper {
  readonly #destroyed: AbortController;

  constructor(agent: Agent, destroyed: AbortController) {
    super(agent);
    this.#destroyed = destroyed;
  }

  override async destroy(): Promise<void> {
    this.#destroyed.abort();
    await super.destroy();
  }
}
