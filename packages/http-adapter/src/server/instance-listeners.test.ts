import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@orquesta/core";
import { FakePlatform } from "@orquesta/core/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { readConfiguration } from "./configuration.ts";
import { startServer } from "./server.ts";

const HOST = "127.0.0.1";
const INSTANCES = "/api/v1/instances";

async function occupy(port: number): Promise<Server | null> {
  const server = createServer();
  const failed = once(server, "error").then(() => null);
  server.listen(port, HOST);
  const opened = await Promise.race([once(server, "listening").then(() => server), failed]);
  failed.catch(() => {});
  return opened;
}

async function release(servers: readonly (Server | null)[]): Promise<void> {
  for (const server of servers) {
    if (server) await new Promise((resolve) => server.close(resolve));
  }
}

/** The first of `count` ports in a row that nobody uses. */
async function findRange(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const servers = await Promise.all(Array.from({ length: count }, (_, n) => occupy(first + n)));
    await release(servers);
    if (servers.every((server) => server !== null)) return first;
  }
}

function makeDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-ports-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  return dataDir;
}

interface Body {
  // biome-ignore lint/suspicious/noExplicitAny: assertions look into bodies of every shape.
  readonly body: any;
  readonly status: number;
}

async function ask(port: number, method: string, path: string, key: string | null, body?: unknown) {
  const response = await fetch(`http://${HOST}:${port}${path}`, {
    method,
    headers: {
      ...(key !== null && { "x-api-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: Body = { status: response.status, body: await response.json() };
  return answer;
}

async function start(dataDir: string, first: number, count: number) {
  const platform = new FakePlatform();
  const configuration = readConfiguration({
    PORT: "0",
    HOST,
    DATA_DIR: dataDir,
    API_KEY: "operator",
    MAX_INSTANCES_PER_COMPANY: "0",
    INSTANCE_PORTS: `${first}-${first + count - 1}`,
  });
  const options = { providers: [platform.provider], logger: silentLogger, print: () => {} };
  const server = await startServer(configuration, options);
  onTestFinished(() => server.close());
  const call = (method: string, path: string, body?: unknown) =>
    ask(server.port, method, path, "operator", body);
  async function create() {
    const { body } = await call("POST", INSTANCES, { company_id: "c", provider: "fake" });
    const { ports, api_key: key } = body.process_result.details;
    return { id: String(body.instance_id), port: Number(ports.api), key: String(key) };
  }
  async function portsOf(): Promise<Record<string, number>> {
    const { body } = await call("GET", INSTANCES);
    return Object.fromEntries(
      body.data.map(({ id, ports }: { id: string; ports: { api: number } }) => [id, ports.api]),
    );
  }
  return { ...server, call, create, portsOf };
}

describe("the ports of instances", () => {
  it("S2-37 C-21 each serves its instance, with and without the full path, to its key alone", async () => {
    const first = await findRange(3);
    const { create, portsOf } = await start(makeDataDir(), first, 3);
    const [one, two] = [await create(), await create()];
    expect([one.port, two.port]).toEqual([first, first + 1]);
    expect(await portsOf()).toEqual({ [one.id]: one.port, [two.id]: two.port });
    for (const { id, port, key } of [one, two]) {
      for (const path of ["/", "/status", `${INSTANCES}/${id}`]) {
        const { status, body } = await ask(port, "GET", path, key);
        expect([status, body.data.id, body.data.ports.api]).toEqual([200, id, port]);
      }
      for (const path of ["/auth-status", "/logs?tail=3", `${INSTANCES}/${id}/logs?tail=3`]) {
        expect((await ask(port, "GET", path, key)).status).toBe(200);
      }
      expect((await ask(port, "POST", "/stop", key)).status).toBe(200);
      expect((await ask(port, "GET", "/status", key)).body.data.status).toBe("stopped");
      expect((await ask(port, "POST", "/start", key)).status).toBe(200);
      expect((await ask(port, "GET", "/status", null)).status).toBe(401);
      expect((await ask(port, "GET", "/status", "wrong")).status).toBe(401);
      expect((await ask(port, "GET", "/status", "operator")).status).toBe(200);
      expect((await ask(port, "GET", "/current-api-key", key)).status).toBe(401);
      expect((await ask(port, "GET", "/current-api-key", "operator")).status).toBe(200);
    }
    expect((await ask(one.port, "GET", "/status", two.key)).status).toBe(404);
    expect((await ask(one.port, "GET", `${INSTANCES}/${two.id}`, two.key)).status).toBe(404);
  });

  it("C-21 takes messages on the instance's own port", async () => {
    const { create, call } = await start(makeDataDir(), await findRange(1), 1);
    const { id, port, key } = await create();
    await expect
      .poll(async () => (await call("GET", `${INSTANCES}/${id}`)).body.data.status)
      .toBe("client_ready");
    const message = { to: "15550002222", text: "hi" };
    const { status, body } = await ask(port, "POST", "/messages", key, message);
    expect([status, body.data.status]).toEqual([200, "sent"]);
  });

  it("C-21 serves nothing else", async () => {
    const { create } = await start(makeDataDir(), await findRange(1), 1);
    const { port } = await create();
    for (const path of [INSTANCES, "/api/health", "/openapi.json", "/../../health"]) {
      expect((await ask(port, "GET", path, "operator")).status).toBe(404);
    }
    const created = await ask(port, "POST", INSTANCES, "operator", {
      company_id: "c",
      provider: "fake",
    });
    expect(created.status).toBe(404);
  });

  it("S2-37 keeps every port over a restart, also when instances went meanwhile", async () => {
    const [dataDir, first] = [makeDataDir(), await findRange(4)];
    const before = await start(dataDir, first, 4);
    const [gone, kept, last] = [
      await before.create(),
      await before.create(),
      await before.create(),
    ];
    await before.call("DELETE", `${INSTANCES}/${gone.id}`);
    await before.close();
    await expect(ask(kept.port, "GET", "/status", kept.key)).rejects.toThrow();
    const after = await start(dataDir, first, 4);
    expect(await after.portsOf()).toEqual({ [kept.id]: kept.port, [last.id]: last.port });
    expect((await ask(kept.port, "GET", "/status", kept.key)).body.data.id).toBe(kept.id);
    expect((await after.create()).port).toBe(gone.port);
  });

  it("C-21 frees the port of an instance that is removed, through that port too", async () => {
    const first = await findRange(1);
    const { create } = await start(makeDataDir(), first, 1);
    const { id, port } = await create();
    const removed = await ask(port, "DELETE", `${INSTANCES}/${id}`, "operator");
    expect(removed.status).toBe(200);
    await expect
      .poll(async () => ask(port, "GET", "/status", "operator").catch(() => "closed"))
      .toBe("closed");
    expect((await create()).port).toBe(first);
  });

  it("C-21 passes by a port that somebody else has, at creation and after a restart", async () => {
    const [dataDir, first] = [makeDataDir(), await findRange(4)];
    const other = await occupy(first);
    const before = await start(dataDir, first, 4);
    const [one, two] = [await before.create(), await before.create()];
    expect([one.port, two.port]).toEqual([first + 1, first + 2]);
    await before.close();
    const another = await occupy(first + 1);
    const after = await start(dataDir, first, 4);
    await release([other, another]);
    expect(await after.portsOf()).toEqual({ [one.id]: first + 3, [two.id]: first + 2 });
    expect((await ask(first + 3, "GET", "/status", one.key)).body.data.id).toBe(one.id);
  });

  it("C-21 falls back to the main port when the range is used up", async () => {
    const first = await findRange(1);
    const { create, port, call } = await start(makeDataDir(), first, 1);
    const created = await Promise.all([create(), create(), create()]);
    expect(created.map((instance) => instance.port).sort((a, b) => a - b)).toEqual(
      [first, port, port].sort((a, b) => a - b),
    );
    for (const { id, port: own, key } of created) {
      expect((await ask(own, "GET", `${INSTANCES}/${id}`, key)).status).toBe(200);
      expect((await call("GET", `${INSTANCES}/${id}`)).body.data.ports).toEqual({ api: own });
    }
  });

  it("gives ports anew when what was kept is damaged", async () => {
    const [dataDir, first] = [makeDataDir(), await findRange(1)];
    writeFileSync(join(dataDir, "instance-ports.json"), "{");
    const { create } = await start(dataDir, first, 1);
    expect((await create()).port).toBe(first);
  });

  it("opens a hundred at the start, and all of them answer", async () => {
    const [dataDir, first] = [makeDataDir(), await findRange(100)];
    const before = await start(dataDir, first, 100);
    await Promise.all(Array.from({ length: 100 }, () => before.create()));
    const ports = await before.portsOf();
    await before.close();
    const after = await start(dataDir, first, 100);
    expect(await after.portsOf()).toEqual(ports);
    const answers = await Promise.all(
      Object.entries(ports).map(async ([id, port]) => {
        return (await ask(port, "GET", "/status", "operator")).body.data.id === id;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, () => true));
  });
});
