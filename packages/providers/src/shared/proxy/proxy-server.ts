import { z } from "zod";

/** Where a tunnel begins, and who we are there. */
export interface ProxyServer {
  readonly protocol: "http" | "https" | "socks5";
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

const DEFAULT_PORTS = { http: 80, https: 443, socks5: 1080 };
const FORM =
  "must be http://, https:// or socks5:// with a host, such as socks5://user:password@host:1080";

/**
 * A setting that names a proxy: a URL with `http`, `https` or `socks5`, a host, and maybe a port and
 * credentials (percent-encoded, RFC 3986). `socks5h` is the same as `socks5`: names are always looked
 * up by the proxy. What is wrong with a URL is said without repeating any of it.
 */
export const proxyUrlSchema = z
  .string()
  .max(2_048)
  .refine((url) => toProxyServer(url) !== null, FORM);

/** @param url what `proxyUrlSchema` took */
export function parseProxyUrl(url: string): ProxyServer {
  const proxy = toProxyServer(url);
  if (proxy === null) throw new TypeError(`a proxy's URL ${FORM}`);
  return proxy;
}

function toProxyServer(text: string): ProxyServer | null {
  const url = URL.parse(text);
  const protocol = url === null ? null : protocolOf(url.protocol);
  if (url === null || protocol === null || url.hostname === "") return null;
  if ((url.pathname !== "" && url.pathname !== "/") || url.search !== "" || url.hash !== "")
    return null;
  const credentials = credentialsOf(url);
  if (credentials === undefined) return null;
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORTS[protocol] : Number(url.port),
    credentials,
  };
}

function protocolOf(protocol: string): ProxyServer["protocol"] | null {
  if (protocol === "http:" || protocol === "https:") return protocol === "http:" ? "http" : "https";
  return protocol === "socks5:" || protocol === "socks5h:" ? "socks5" : null;
}

/** Undefined: they are not encoded as they should be, or too long for SOCKS (RFC 1929: 255 bytes). */
function credentialsOf({ username, password }: URL): ProxyServer["credentials"] | undefined {
  if (username === "" && password === "") return null;
  try {
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    const isLong = [user, secret].some((part) => Buffer.byteLength(part) > 255);
    return isLong || user.includes(":") ? undefined : { username: user, password: secret };
  } catch {
    return undefined;
  }
}
