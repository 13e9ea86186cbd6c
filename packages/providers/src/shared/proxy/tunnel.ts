import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net, { type Socket } from "node:net";
import { OrquestaError } from "@orquesta/core";
import { SocksClient } from "socks";
import type { ProxyServer } from "./proxy-server.ts";

/** Before Baileys and undici lose their patience, so that the failure has the right name. */
const TIMEOUT_MS = 10_000;
const BROKEN = "ended the connection or does not speak its protocol";

/** Where a tunnel leads. */
export interface TunnelTarget {
  /** A name is looked up by the proxy, never here. */
  readonly host: string;
  readonly port: number;
}

/**
 * Opens a connection to `target` through the proxy: CONNECT (RFC 9110, 9.3.6) or SOCKS5 (RFC 1928, 1929).
 * @throws PROXY_FAILED when the proxy cannot be reached, refuses us or does not lead there;
 *   ABORTED when the signal fires. No connection is left behind.
 */
export async function openTunnel(
  proxy: ProxyServer,
  target: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  if (signal.aborted) throw aborted(signal);
  // Not the caller's: once the tunnel stands, it is no longer ours to cut.
  const opening = new AbortController();
  const onAbort = () => opening.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => opening.abort(), TIMEOUT_MS);
  try {
    const open = proxy.protocol === "socks5" ? openSocks : openConnect;
    return await open(proxy, target, opening.signal);
  } catch (cause) {
    if (signal.aborted) throw aborted(signal);
    const why = opening.signal.aborted ? "does not answer" : whyOf(cause);
    throw new OrquestaError("PROXY_FAILED", `the proxy ${proxy.host}:${proxy.port} ${why}`, {
      cause,
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** What the proxy said, in words without a secret. */
class ProxyRefusal extends Error {}

async function openConnect(
  { protocol, host, port, credentials }: ProxyServer,
  target: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${net.isIPv6(target.host) ? `[${target.host}]` : target.host}:${target.port}`;
  const basic = credentials && Buffer.from(`${credentials.username}:${credentials.password}`);
  const headers = {
    host: authority,
    ...(basic && { "proxy-authorization": `Basic ${basic.toString("base64")}` }),
  };
  const { request } = protocol === "https" ? https : http;
  const asking = request({
    host,
    port,
    method: "CONNECT",
    path: authority,
    headers,
    agent: false,
    signal,
  });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  asking.once("error", reject);
  asking.once("connect", ({ statusCode = 0 }, socket, head) => {
    if (statusCode >= 200 && statusCode < 300) {
      if (head.length > 0) socket.unshift(head);
      // An `http` request has a `net.Socket`, though its type is wider.
      resolve(socket as Socket);
      return;
    }
    socket.destroy();
    reject(new ProxyRefusal(refusalOf(statusCode)));
  });
  asking.end();
  return await promise;
}

function refusalOf(status: number): string {
  return status === 407
    ? "refuses these credentials, or wants some (407)"
    : `does not lead to the platform (HTTP ${status})`;
}

async function openSocks(
  { host, port, credentials }: ProxyServer,
  target: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = net.connect({ host, port, signal });
  await once(socket, "connect");
  try {
    await SocksClient.createConnection({
      proxy: {
        host,
        port,
        type: 5,
        ...(credentials && { userId: credentials.username, password: credentials.password }),
      },
      destination: { host: target.host, port: target.port },
      command: "connect",
      timeout: TIMEOUT_MS,
      existing_socket: socket,
    });
  } catch (error) {
    socket.destroy();
    // Its errors carry the password.
    throw new ProxyRefusal(socksRefusalOf(error instanceof Error ? error.message : ""));
  }
  return socket;
}

function socksRefusalOf(words: string): string {
  if (/authentication failed|no accepted authentication/i.test(words)) {
    return "refuses these credentials, or wants some";
  }
  const refusal = /proxy rejected connection(?: - (\w+))?/.exec(words);
  if (refusal !== null) return `does not lead to the platform (${refusal[1] ?? "refused"})`;
  return BROKEN;
}

function whyOf(cause: unknown): string {
  if (cause instanceof ProxyRefusal) return cause.message;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^(E[A-Z]+|CERT_.*|.*_CERT.*)$/.test(code) && code !== "ECONNRESET"
    ? `cannot be reached (${code})`
    : BROKEN;
}

function aborted(signal: AbortSignal): OrquestaError {
  return new OrquestaError("ABORTED", "the connection was not wanted any more", {
    cause: signal.reason,
  });
}
