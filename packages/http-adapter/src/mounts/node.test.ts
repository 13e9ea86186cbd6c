import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { HttpHandler } from "../http-handler.ts";
import { toNodeListener } from "./node.ts";

const servers: Server[] = [];

async function listen(handler: HttpHandler): Promise<number> {
  const server = createServer(toNodeListener(handler)).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  // A server that listens on TCP has such an address.
  return (server.address() as AddressInfo).port;
}

describe("toNodeListener", () => {
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  it("hands over method, path, headers and body, and the whole answer back", async () => {
    const port = await listen(async (request) => {
      const { pathname, search } = new URL(request.url);
      const seen = { method: request.method, pathname, search, body: await request.json() };
      return Response.json(
        { ...seen, key: request.headers.get("x-api-key") },
        {
          status: 201,
          headers: [
            ["set-cookie", "a=1"],
            ["set-cookie", "b=2"],
          ],
        },
      );
    });
    const response = await fetch(`http://127.0.0.1:${port}/a/b?c=d`, {
      method: "POST",
      headers: { "x-api-key": "k" },
      body: JSON.stringify({ text: "ñandú" }),
    });
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.json()).toEqual({
      method: "POST",
      pathname: "/a/b",
      search: "?c=d",
      body: { text: "ñandú" },
      key: "k",
    });
  });

  it("aborts the signal of a request whose client goes away", async () => {
    const arrived = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const port = await listen(async ({ signal }) => {
      signal.addEventListener("abort", () => aborted.resolve(), { once: true });
      arrived.resolve();
      await aborted.promise;
      return new Response();
    });
    const client = new AbortController();
    const answer = fetch(`http://127.0.0.1:${port}/`, { signal: client.signal });
    await arrived.promise;
    client.abort();
    await expect(answer).rejects.toThrow();
    await aborted.promise;
  });

  it("leaves the signal alone when the answer was delivered", async () => {
    const signals: AbortSignal[] = [];
    const port = await listen(async ({ signal }) => {
      signals.push(signal);
      return Response.json({});
    });
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(signals[0]?.aborted).toBe(false);
  });

  it("refuses what is no HTTP and leaves the globals of the program alone", async () => {
    const globals = { Request, Response };
    const port = await listen(async () => new Response());
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    let answer = "";
    socket.on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.end("GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*"success":false/s);
    expect({ Request, Response }).toEqual(globals);
  });
});
