import { once } from "node:events";
import http, { type Server } from "node:http";
import net, { type AddressInfo } from "node:net";
import { isOrquestaError, parse } from "@orquesta/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { TestProxy } from "../../testing/proxy/test-proxy.ts";
import { ProxyAgent } from "./proxy-agent.ts";
import { makeProxyDispatcher } from "./proxy-dispatcher.ts";
import { parseProxyUrl, proxyUrlSchema } from "./proxy-server.ts";
import { openTunnel } from "./tunnel.ts";

const CREDENTIALS = { username: "ana@office", password: "s3cret/:?" };

let target: Server;
let port: number;
let direct = 0;

beforeEach(async () => {
  direct = 0;
  target = http.createServer((_request, response) => response.end("hello"));
  new WebSocketServer({ server: target }).on("connection", (socket) => socket.send("hello"));
  target.on("connection", () => {
    direct += 1;
  });
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
  port = (target.address() as AddressInfo).port;
});

afterEach(() => {
  target.closeAllConnections();
  target.close();
});

async function fetchThrough(url: string, address = `http://127.0.0.1:${port}/`): Promise<string> {
  const dispatcher = makeProxyDispatcher(parseProxyUrl(url));
  try {
    // Bridge: Node's own fetch knows the dispatchers of its own undici only by type.
    const response = await fetch(address, { dispatcher } as object);
    return await response.text();
  } finally {
    await dispatcher.destroy();
  }
}

async function chatThrough(url: string): Promise<string> {
  const agent = new ProxyAgent(parseProxyUrl(url));
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { agent });
  try {
    const [message] = await once(socket, "message");
    return String(message);
  } finally {
    socket.terminate();
    agent.destroy();
  }
}

const failure = (words: RegExp) =>
  expect.objectContaining({ code: "PROXY_FAILED", message: expect.stringMatching(words) });

describe.each(["http", "socks5"] as const)("a proxy by %s", (protocol) => {
  test("leads WebSockets and fetch to their target, with credentials", async () => {
    await using proxy = await TestProxy.listen({ credentials: CREDENTIALS });
    expect(await chatThrough(proxy.url(protocol))).toBe("hello");
    expect(await fetchThrough(proxy.url(protocol))).toBe("hello");
    expect(proxy.tunnels).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
    expect(direct).toBe(2);
  });

  test("that refuses fails the request; nothing goes past it", async () => {
    await using proxy = await TestProxy.listen({ credentials: CREDENTIALS });
    const wrong = proxy.url(protocol, { username: "ana", password: "wr0ng" });
    await expect(chatThrough(wrong)).rejects.toEqual(failure(/refuses these credentials/));
    await expect(chatThrough(proxy.url(protocol, null))).rejects.toEqual(failure(/credentials/));
    await expect(fetchThrough(wrong)).rejects.toMatchObject({ cause: failure(/credentials/) });
    proxy.isRefusing = true;
    const right = proxy.url(protocol);
    await expect(chatThrough(right)).rejects.toEqual(failure(/does not lead to the platform/));
    expect([direct, proxy.tunnels, proxy.refusals]).toEqual([0, [], 4]);
  });

  test("that is not there, or ends the connection", async () => {
    const proxy = await TestProxy.listen();
    const url = proxy.url(protocol);
    await proxy.close();
    await expect(chatThrough(url)).rejects.toEqual(failure(/cannot be reached \(ECONNREFUSED\)/));
    const rude = net.createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(rude, "listening");
    const address = `${protocol}://127.0.0.1:${(rude.address() as AddressInfo).port}`;
    await expect(chatThrough(address)).rejects.toEqual(failure(/127\.0\.0\.1/));
    rude.close();
    expect(direct).toBe(0);
  });

  test("that says nothing is left when nobody wants it any more", async () => {
    await using proxy = await TestProxy.listen();
    proxy.isSilent = true;
    const agent = new ProxyAgent(parseProxyUrl(proxy.url(protocol)));
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { agent });
    const failed = once(socket, "open");
    setImmediate(() => agent.destroy());
    await expect(failed).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("looks names up itself", async () => {
    await using proxy = await TestProxy.listen();
    const host = "name-that-is-not.invalid";
    const parsed = parseProxyUrl(proxy.url(protocol));
    const signal = new AbortController().signal;
    await expect(openTunnel(parsed, { host, port: 443 }, signal)).rejects.toEqual(
      failure(/does not lead to the platform/),
    );
  });
});

test("no error tells a credential", async () => {
  await using proxy = await TestProxy.listen({ credentials: CREDENTIALS });
  for (const protocol of ["http", "socks5"] as const) {
    const url = proxy.url(protocol, { username: "ana", password: "wr0ng" });
    const error: unknown = await chatThrough(url).catch((reason: unknown) => reason);
    expect(isOrquestaError(error, "PROXY_FAILED")).toBe(true);
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      expect(`${at.message} ${at.stack} ${JSON.stringify(at)}`).not.toContain("wr0ng");
    }
  }
});

describe("a proxy's URL", () => {
  test("is taken apart", () => {
    expect(parseProxyUrl("socks5://a%40b:p%3Aw@proxy.example")).toEqual({
      protocol: "socks5",
      host: "proxy.example",
      port: 1080,
      credentials: { username: "a@b", password: "p:w" },
    });
    expect(parseProxyUrl("http://[::1]:3128/")).toEqual({
      protocol: "http",
      host: "::1",
      port: 3128,
      credentials: null,
    });
    expect(parseProxyUrl("https://proxy.example").port).toBe(443);
    expect(parseProxyUrl("socks5h://proxy.example:1").protocol).toBe("socks5");
  });

  test.each([
    "proxy.example:3128",
    "ftp://user:s3cret@proxy.example",
    "socks4://user:s3cret@proxy.example",
    "http://user:s3cret@",
    "http://user:s3cret@proxy.example/path",
    "http://user:s3cret%@proxy.example",
    `socks5://user:${"s3cret".repeat(50)}@proxy.example`,
    "http://user:s3cret@proxy.example:99999",
  ])("that is none is refused without being repeated: %s", (url) => {
    const error = (() => {
      try {
        return parse(proxyUrlSchema, url, "proxy");
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toMatchObject({ code: "VALIDATION_FAILED" });
    expect(JSON.stringify(error) + String(error)).not.toContain("s3cret");
  });
});
