import type { ClientRequest } from "node:http";
import net, { type Socket } from "node:net";
import tls from "node:tls";
import { Agent, type AgentConnectOpts } from "agent-base";
import type { ProxyServer } from "./proxy-server.ts";
import { openTunnel } from "./tunnel.ts";

/**
 * An agent for WebSockets and for Node's http and https that reaches everything through one proxy, and
 * nothing where the proxy fails: the request then has the error PROXY_FAILED. `destroy` ends also
 * what is being opened.
 */
export class ProxyAgent extends Agent {
  readonly #proxy: ProxyServer;
  readonly #destroyed = new AbortController();

  constructor(proxy: ProxyServer) {
    super();
    this.#proxy = proxy;
  }

  override async connect(_request: ClientRequest, options: AgentConnectOpts): Promise<Socket> {
    const { host = "", port } = options;
    const target = { host, port: Number(port) };
    const socket = await openTunnel(this.#proxy, target, this.#destroyed.signal);
    if (!options.secureEndpoint) return socket;
    // Where it leads is known already; left in, Node would connect once more, past the proxy.
    const { host: _host, port: _port, path: _path, ...rest } = options;
    const servername = options.servername ?? (net.isIP(host) ? undefined : host);
    return tls.connect({ ...rest, ...(servername !== undefined && { servername }), socket });
  }

  override destroy(): void {
    this.#destroyed.abort();
    super.destroy();
  }
}
