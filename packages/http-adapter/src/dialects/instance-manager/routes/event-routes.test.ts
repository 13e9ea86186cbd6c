import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import type { HandlerOptions } from "../../../handler-options.ts";
import { attachEvents, toNodeListener } from "../../../mounts/node.ts";
import { API_KEY, createTestApi } from "../../../test-api.ts";

const EVENTS = "/api/v1/events";
const UNKNOWN = "550e8400-e29b-41d4-a716-446655440000";

interface Received {
  readonly id: string | null;
  readonly name: string;
  readonly instance_id: string;
  readonly number: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: assertions look into events of every shape.
  readonly data: any;
}

/** An EventSource by hand: what it was told, and the id that it would come back with. */
class SseClient {
  readonly events: Received[] = [];
  comments = 0;
  retry: number | null = null;
  lastEventId = "";
  ended = false;
  readonly response: Response;
  readonly #abort: AbortController;

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#read().catch(() => {
      this.ended = true;
    });
  }

  get texts(): string[] {
    return this.events.flatMap(({ data }) => data.message?.content.text ?? []);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) this.#take(block);
    }
    this.ended = true;
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const at = line.indexOf(": ");
      fields.set(line.slice(0, at), line.slice(at + 2));
    }
    if (block.startsWith(":")) this.comments += 1;
    if (fields.has("retry")) this.retry = Number(fields.get("retry"));
    this.lastEventId = fields.get("id") ?? this.lastEventId;
    const data = fields.get("data");
    if (data === undefined) return;
    const event = JSON.parse(data);
    expect(fields.get("event")).toBe(event.name);
    this.events.push(event);
  }
}

async function listen(options: HandlerOptions = {}, pingMs = 30_000) {
  const closing = new AbortController();
  const api = createTestApi({ closing: closing.signal, ...options });
  const server: Server = createServer(toNodeListener(api.handler));
  const sockets = attachEvents(server, api.handler, { pingMs });
  const connections: Socket[] = [];
  server.on("connection", (socket) => connections.push(socket));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(async () => {
    closing.abort();
    await sockets.close();
    server.close().closeAllConnections();
  });
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  async function open(path: string, headers: Record<string, string> = {}): Promise<SseClient> {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const response = await fetch(origin + path, {
      headers: { accept: "text/event-stream", "x-api-key": API_KEY, ...headers },
      signal: abort.signal,
    });
    return new SseClient(response, abort);
  }

  function openSocket(path: string, headers: Record<string, string> = { "x-api-key": API_KEY }) {
    const socket = new WebSocket(`${origin.replace("http", "ws")}${path}`, { headers });
    const events: Received[] = [];
    const refusal = Promise.withResolvers<{ status: number; body: string }>();
    const closed = Promise.withResolvers<number>();
    const opened = Promise.withResolvers<void>();
    socket.on("open", opened.resolve);
    socket.on("message", (data) => events.push(JSON.parse(String(data))));
    socket.on("close", closed.resolve);
    socket.on("error", () => {});
    socket.on("unexpected-response", (request, response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => refusal.resolve({ status: response.statusCode ?? 0, body }));
      request.once("close", () => socket.terminate());
    });
    onTestFinished(() => socket.terminate());
    return {
      socket,
      events,
      opened: opened.promise,
      closed: closed.promise,
      refused: refusal.promise,
    };
  }

  /** Bytes that the server holds for the client that has taken the least. */
  const heldBytes = () => Math.max(...connections.map((socket) => socket.writableLength));

  return { ...api, origin, port, open, openSocket, sockets, closing, heldBytes };
}

const textsFrom = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}`);

const WAIT = { timeout: 10_000, interval: 10 };

describe("a page of events", () => {
  it("has the stored events of an instance in order and says where to go on", async () => {
    const { call, createConnected, session } = createTestApi();
    const { id, key, path } = await createConnected();
    await (await session(id)).receive("hello");
    const { status, body } = await call("GET", `${path}/events?events=message.*`, { key });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          name: "message.received",
          instance_id: id,
          number: expect.any(Number),
          chat_id: "5511988887777",
          occurred_at: expect.stringMatching(/Z$/),
          data: { message: expect.objectContaining({ chat_type: "direct", quote: null }) },
        },
      ],
      next: expect.any(Number),
      has_more: false,
    });
    const all = await call("GET", `${path}/events?limit=2`);
    expect(all.body).toMatchObject({ next: 2, has_more: true });
    expect(all.body.data.map((event: Received) => event.number)).toEqual([1, 2]);
    const rest = await call("GET", `${path}/events?after=${all.body.data[1].id}`);
    expect(rest.body.data[0].number).toBe(3);
    const everywhere = await call("GET", `${EVENTS}?events=message.received`);
    expect(everywhere.body.data).toHaveLength(1);
  });

  it.each([
    ["?events=message.recieved", "message.received"],
    ["?events=pairing.*", "pairing.qr"],
    ["?events=", "message.received"],
    ["?after=x", "after"],
    ["?after=-1", "after"],
    ["?limit=0", "limit"],
    ["?limit=1001", "limit"],
  ])("refuses %s and says what there is", async (query, word) => {
    const { call, create } = createTestApi();
    const { path } = await create();
    for (const url of [`${EVENTS}${query}`, `${path}/events${query}`]) {
      const { status, body } = await call("GET", url);
      expect(status).toBe(400);
      expect(body.code).toBe("VALIDATION_FAILED");
      expect(body.error).toContain(word);
    }
  });

  it("does not know the number of an event among all instances", async () => {
    const { call } = createTestApi();
    const { status, body } = await call("GET", `${EVENTS}?after=7`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: "VALIDATION_FAILED" });
    expect(body.error).toContain("after: has to be the id of an event");
  });
});

describe("who may see events", () => {
  it("refuses a missing key, and shows an instance's key nothing of another or of all", async () => {
    const { call, create } = createTestApi();
    const mine = await create();
    const other = await create({ company_id: "user-002" });
    for (const accept of ["application/json", "text/event-stream"]) {
      const headers = { accept };
      const get = async (path: string, key: string | null) =>
        (await call("GET", path, { key, headers })).status;
      expect(await get(EVENTS, null)).toBe(401);
      expect(await get(EVENTS, mine.key)).toBe(401);
      expect(await get(`${mine.path}/events`, null)).toBe(401);
      expect(await get(`${other.path}/events`, mine.key)).toBe(404);
      expect(await get(`/api/v1/instances/${UNKNOWN}/events`, API_KEY)).toBe(404);
    }
    const ticket = async (path: string, key: string | null) =>
      (await call("POST", `${path}/events/tickets`, { key })).status;
    expect(await ticket("/api/v1", mine.key)).toBe(401);
    expect(await ticket(other.path, mine.key)).toBe(404);
    expect(await ticket(`/api/v1/instances/${UNKNOWN}`, API_KEY)).toBe(404);
  });

  it("answers 410 when what lies behind the position is not kept", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    for (const headers of [{}, { accept: "text/event-stream", "last-event-id": "" }]) {
      const { status, body } = await call("GET", `${path}/events?after=99`, { headers });
      expect({ status, code: body.code }).toEqual({ status: 410, code: "EVENTS_EXPIRED" });
    }
  });
});

describe("server-sent events", () => {
  it("come as they happen, with headers that keep proxies from holding them back", async () => {
    const { open, createConnected, session } = await listen();
    const { id, key, path } = await createConnected();
    const other = await createConnected();
    const all = await open(EVENTS);
    const one = await open(`${path}/events?events=message.received`, { "x-api-key": key });
    expect(one.response.status).toBe(200);
    expect(one.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(one.response.headers.get("x-accel-buffering")).toBe("no");
    expect(one.response.headers.get("cache-control")).toBe("no-store");
    await vi.waitFor(() => expect(one.retry).toBe(3000), WAIT);
    await (await session(other.id)).receive("not for one");
    await (await session(id)).receive("hello\n\nwith lines");
    await vi.waitFor(() => expect(one.texts).toEqual(["hello\n\nwith lines"]), WAIT);
    await vi.waitFor(() => expect(all.texts).toHaveLength(2), WAIT);
    expect(one.lastEventId).toBe(one.events[0]?.id);
    expect(new Set(one.events.map((event) => event.instance_id))).toEqual(new Set([id]));
  });

  it("go on behind the Last-Event-ID in the middle of traffic from three instances", async () => {
    const { open, createConnected, session } = await listen();
    const ids = [await createConnected(), await createConnected(), await createConnected()];
    const sessions = await Promise.all(ids.map(({ id }) => session(id)));
    let sent = 0;
    let isOver = false;
    const first = await open(EVENTS);
    const traffic = sessions.map(async (one) => {
      while (!isOver) {
        await one.receive(String(sent++));
        await new Promise(setImmediate);
      }
    });
    const seen: Received[] = [];
    let client = first;
    for (let round = 0; round < 5; round += 1) {
      await vi.waitFor(() => expect(client.events.length).toBeGreaterThan(20), WAIT);
      client.close();
      await vi.waitFor(() => expect(client.ended).toBe(true), WAIT);
      seen.push(...client.events);
      const { lastEventId } = client;
      // By header, as browsers do, and by query, as those do that cannot.
      client =
        round % 2 === 0
          ? await open(EVENTS, { "last-event-id": lastEventId })
          : await open(`${EVENTS}?last_event_id=${lastEventId}`);
    }
    isOver = true;
    await Promise.all(traffic);
    await vi.waitFor(() => {
      const texts = [...seen, ...client.events].map(({ data }) =>
        Number(data.message.content.text),
      );
      expect(texts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, n) => n));
    }, WAIT);
  });

  it("say now and then that they are alive, and leave nothing behind when the client goes", async () => {
    const { open, create, manager } = await listen({ heartbeatMs: 20 });
    const { path } = await create();
    const clients = [await open(`${path}/events`), await open(EVENTS)];
    for (const client of clients) {
      await vi.waitFor(() => expect(client.comments).toBeGreaterThan(2), WAIT);
    }
    expect(await manager.events.openStreams()).toBe(2);
    for (const client of clients) client.close();
    await vi.waitFor(async () => expect(await manager.events.openStreams()).toBe(0), WAIT);
  });

  it("open nothing for HEAD", async () => {
    const { origin, manager } = await listen();
    const headers = { accept: "text/event-stream", "x-api-key": API_KEY };
    const response = await fetch(origin + EVENTS, { method: "HEAD", headers });
    expect(response.status).toBe(200);
    expect(await manager.events.openStreams()).toBe(0);
  });

  it("wait for a client that does not read, who misses nothing, while others go on", async () => {
    const { open, port, createConnected, session, manager, heldBytes } = await listen();
    const { id, path } = await createConnected();
    const one = await session(id);
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write(
      `GET ${path}/events?events=message.received HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nx-api-key: ${API_KEY}\r\n\r\n`,
    );
    socket.pause();
    const fast = await open(EVENTS);
    await vi.waitFor(async () => expect(await manager.events.openStreams()).toBe(2), WAIT);
    // More than the buffers of both ends of a socket take: what is left stays in the journal.
    const padding = "x".repeat(40_000);
    const count = 500;
    for (let from = 0; from < count; from += 100) {
      await Promise.all(
        textsFrom(from, from + 100).map((text) => one.receive(`${text}:${padding}`)),
      );
    }
    await vi.waitFor(() => expect(fast.texts).toHaveLength(count), WAIT);
    expect(heldBytes()).toBeGreaterThan(0);
    expect(heldBytes()).toBeLessThan(10 * padding.length);
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.resume();
    const numbers = () => [...text.matchAll(/"text":"(\d+):/g)].map(([, number]) => Number(number));
    const last = `"text":"${count - 1}:`;
    await vi.waitFor(() => expect(text.includes(last)).toBe(true), { ...WAIT, interval: 100 });
    expect(numbers()).toEqual(Array.from({ length: count }, (_, number) => number));
  });

  it("of two hundred clients all see everything", async () => {
    const { open, createConnected, session, manager } = await listen();
    const { id, path } = await createConnected();
    const clients = await Promise.all(
      textsFrom(0, 200).map((_, index) => open(index % 2 === 0 ? EVENTS : `${path}/events`)),
    );
    const one = await session(id);
    for (const text of textsFrom(0, 5)) await one.receive(text);
    for (const client of clients) {
      await vi.waitFor(() => expect(client.texts).toEqual(textsFrom(0, 5)), WAIT);
    }
    for (const client of clients) client.close();
    await vi.waitFor(async () => expect(await manager.events.openStreams()).toBe(0), WAIT);
  });

  it("are limited in number for each key, and a place is free again when one ends", async () => {
    const { open, call, create } = await listen({ maxStreamsPerKey: 2 });
    const { key, path } = await create();
    const first = await open(EVENTS);
    await open(EVENTS);
    const third = await call("GET", EVENTS, { headers: { accept: "text/event-stream" } });
    expect(third.status).toBe(429);
    expect(third.body.code).toBe("TOO_MANY_STREAMS");
    // A ticket counts for the key that it was given to.
    const { body } = await call("POST", `${EVENTS}/tickets`);
    const ticket = await open(`${EVENTS}?ticket=${body.data.ticket}`, { "x-api-key": "" });
    expect(ticket.response.status).toBe(429);
    expect((await open(`${path}/events`, { "x-api-key": key })).response.status).toBe(200);
    first.close();
    await vi.waitFor(async () => {
      expect((await open(EVENTS)).response.status).toBe(200);
    }, WAIT);
  });

  it("end with the instance and with the server, whose clients come again", async () => {
    const { open, create, manager, closing } = await listen();
    const { id, path } = await create();
    const one = await open(`${path}/events`);
    const all = await open(EVENTS);
    await manager.remove(id);
    await vi.waitFor(() => expect(one.ended).toBe(true), WAIT);
    expect((await open(`${path}/events`)).response.status).toBe(404);
    expect(all.ended).toBe(false);
    closing.abort();
    await vi.waitFor(() => expect(all.ended).toBe(true), WAIT);
    expect((await open(EVENTS)).response.status).toBe(500);
  });

  it("show codes that are secrets to nobody who does not ask for them by name, and without an id", async () => {
    const { open, create, session } = await listen();
    const { id, path } = await create();
    const one = await session(id);
    const plain = await open(`${path}/events`);
    const named = await open(`${path}/events?events=pairing.qr`);
    one.showQr("2@secret");
    await vi.waitFor(() => expect(named.events).toHaveLength(1), WAIT);
    expect(named.events[0]).toMatchObject({ id: null, number: null, data: { qr: "2@secret" } });
    // Still where it began.
    expect(named.lastEventId).toMatch(/^\d+$/);
    await vi.waitFor(() => expect(plain.events).toHaveLength(1), WAIT);
    expect(JSON.stringify(plain.events)).not.toContain("secret");
  });
});

describe("tickets", () => {
  it("open one stream once, of what they were given for, without a key", async () => {
    const { open, openSocket, call, create } = await listen();
    const mine = await create();
    const other = await create({ company_id: "user-002" });
    const take = async (path: string, key?: string) => {
      const { body } = await call("POST", `${path}/events/tickets`, key ? { key } : {});
      expect(Date.parse(body.data.expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
      return body.data.ticket as string;
    };
    const noKey = { "x-api-key": "" };
    const status = async (path: string, ticket: string) =>
      (await open(`${path}/events?ticket=${ticket}`, noKey)).response.status;
    const ticket = await take(mine.path, mine.key);
    expect(await status(mine.path, ticket)).toBe(200);
    expect(await status(mine.path, ticket)).toBe(401);
    expect(await status(other.path, await take(mine.path, mine.key))).toBe(401);
    expect(await status("/api/v1", await take(mine.path))).toBe(401);
    expect(await status(mine.path, await take("/api/v1"))).toBe(401);
    expect(await status("/api/v1", await take("/api/v1"))).toBe(200);
    expect(await status("/api/v1", "guess")).toBe(401);
    const socket = openSocket(`${EVENTS}/socket?ticket=${await take("/api/v1")}`, {});
    await socket.opened;
  });

  it("expire after a minute", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const { body } = await call("POST", `${path}/events/tickets`);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_001);
    const url = `${path}/events?ticket=${body.data.ticket}`;
    expect((await call("GET", url, { key: null })).status).toBe(401);
  });
});

describe("WebSockets", () => {
  it("tell the same events, filtered alike, and go on behind an id", async () => {
    const { openSocket, createConnected, session } = await listen();
    const { id, key, path } = await createConnected();
    const socket = openSocket(`${path}/events/socket?events=message.received`, {
      "x-api-key": key,
    });
    await socket.opened;
    const one = await session(id);
    await one.receive("hello");
    await vi.waitFor(() => expect(socket.events).toHaveLength(1), WAIT);
    expect(socket.events[0]).toMatchObject({ name: "message.received", instance_id: id });
    socket.socket.close();
    await socket.closed;
    for (const text of textsFrom(0, 300)) await one.receive(text);
    const next = openSocket(`${EVENTS}/socket?last_event_id=${socket.events[0]?.id}`);
    await vi.waitFor(() => expect(next.events).toHaveLength(300), WAIT);
    expect(next.events.map(({ data }) => data.message.content.text)).toEqual(textsFrom(0, 300));
  });

  it("are refused over HTTP, with the answer that the same request gets there", async () => {
    const { openSocket, create, call, origin } = await listen({ maxStreamsPerKey: 1 });
    const mine = await create();
    const other = await create({ company_id: "user-002" });
    const refusal = async (path: string, key: string) => {
      const { status, body } = await openSocket(path, { "x-api-key": key }).refused;
      return [status, body === "" ? null : JSON.parse(body).code];
    };
    const socket = `${mine.path}/events/socket`;
    expect(await refusal(socket, "wrong")).toEqual([401, "UNAUTHORIZED"]);
    expect(await refusal(`${other.path}/events/socket`, mine.key)).toEqual([
      404,
      "INSTANCE_NOT_FOUND",
    ]);
    expect(await refusal(`${socket}?after=99`, mine.key)).toEqual([410, "EVENTS_EXPIRED"]);
    expect(await refusal(`${socket}?events=x`, mine.key)).toEqual([400, "VALIDATION_FAILED"]);
    expect(await refusal("/elsewhere", API_KEY)).toEqual([404, null]);
    await openSocket(socket, { "x-api-key": mine.key }).opened;
    expect(await refusal(socket, mine.key)).toEqual([429, "TOO_MANY_STREAMS"]);
    const plain = await call("GET", `${EVENTS}/socket`);
    expect(plain).toMatchObject({ status: 400, body: { code: "UPGRADE_REQUIRED" } });
    const headers = { "x-api-key": API_KEY, "x-orquesta-upgrade": "guess" };
    expect((await fetch(`${origin}${EVENTS}/socket`, { headers })).status).toBe(400);
  });

  it("take no more than a short message, and cut who does not answer", async () => {
    const { openSocket, create, manager, sockets } = await listen({}, 100);
    const { path } = await create();
    const talker = openSocket(`${path}/events/socket`);
    await talker.opened;
    talker.socket.send("ignored");
    talker.socket.send("x".repeat(4097));
    expect(await talker.closed).toBe(1009);
    const dead = openSocket(`${path}/events/socket`);
    await dead.opened;
    const alive = openSocket(`${path}/events/socket`);
    await alive.opened;
    dead.socket.pause();
    await vi.waitFor(async () => expect(await manager.events.openStreams()).toBe(1), WAIT);
    expect(sockets.size).toBe(1);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it("wait for a client that does not read, who misses nothing", async () => {
    const { openSocket, createConnected, session, heldBytes } = await listen();
    const { id, path } = await createConnected();
    const one = await session(id);
    const slow = openSocket(`${path}/events/socket?events=message.received`);
    await slow.opened;
    slow.socket.pause();
    const padding = "x".repeat(40_000);
    for (let from = 0; from < 500; from += 100) {
      await Promise.all(
        textsFrom(from, from + 100).map((text) => one.receive(`${text}:${padding}`)),
      );
    }
    expect(slow.events).toEqual([]);
    expect(heldBytes()).toBeGreaterThan(0);
    expect(heldBytes()).toBeLessThan(10 * padding.length);
    slow.socket.resume();
    await vi.waitFor(() => expect(slow.events).toHaveLength(500), WAIT);
    const numbers = slow.events.map(({ data }) => data.message.content.text.split(":")[0]);
    expect(numbers).toEqual(textsFrom(0, 500));
  });

  it("are told when the server goes away", async () => {
    const { openSocket, create, manager, sockets } = await listen();
    const { path } = await create();
    const one = openSocket(`${path}/events/socket`);
    const all = openSocket(`${EVENTS}/socket`);
    await Promise.all([one.opened, all.opened]);
    await sockets.close();
    expect(await Promise.all([one.closed, all.closed])).toEqual([1001, 1001]);
    await vi.waitFor(async () => expect(await manager.events.openStreams()).toBe(0), WAIT);
  });
});
