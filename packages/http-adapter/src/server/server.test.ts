import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@orquesta/core";
import { FakePlatform } from "@orquesta/core/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { readConfiguration } from "./configuration.ts";
import { type RunningServer, startServer } from "./server.ts";

function makeDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-server-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  return dataDir;
}

async function start(
  variables: Record<string, string>,
  platform = new FakePlatform(),
): Promise<RunningServer & { readonly lines: string[] }> {
  const lines: string[] = [];
  const configuration = readConfiguration({
    PORT: "0",
    HOST: "127.0.0.1",
    INSTANCE_PORTS: "",
    ...variables,
  });
  const server = await startServer(configuration, {
    providers: [platform.provider],
    logger: silentLogger,
    print: (line) => lines.push(line),
  });
  onTestFinished(() => server.close());
  return { ...server, lines };
}

describe("startServer", () => {
  it("serves the API and says where it is and where the keys are, not what they are", async () => {
    const dataDir = makeDataDir();
    const { url, lines } = await start({ DATA_DIR: dataDir });
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    const keys = JSON.parse(readFileSync(join(dataDir, "keys.json"), "utf8"));
    const headers = { "x-api-key": keys.apiKey };
    expect((await fetch(`${url}/api/v1/instances`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/api/v1/instances`)).status).toBe(401);
    const text = lines.join("\n");
    expect(text).toContain(url);
    expect(text).toContain(`${url}/openapi.json`);
    expect(text).toContain(join(dataDir, "keys.json"));
    expect(text).not.toContain(keys.apiKey);
  });

  it("C-21 tells its own port as the port of every instance when there is no range", async () => {
    const { url, port } = await start({ DATA_DIR: makeDataDir(), API_KEY: "k" });
    const response = await fetch(`${url}/api/v1/instances`, {
      method: "POST",
      headers: { "x-api-key": "k", "content-type": "application/json" },
      body: JSON.stringify({ company_id: "c", provider: "fake" }),
    });
    expect(await response.json()).toMatchObject({
      process_result: { details: { ports: { api: port } } },
    });
  });

  it("S2-18 holds MAX_INSTANCES_PER_COMPANY, and 0 switches it off", async () => {
    const create = async (limit: string) => {
      const { url } = await start({
        DATA_DIR: makeDataDir(),
        API_KEY: "k",
        MAX_INSTANCES_PER_COMPANY: limit,
      });
      const one = async () => {
        const response = await fetch(`${url}/api/v1/instances`, {
          method: "POST",
          headers: { "x-api-key": "k", "content-type": "application/json" },
          body: JSON.stringify({ company_id: "c", provider: "fake" }),
        });
        return response.status;
      };
      return [await one(), await one()];
    };
    expect(await create("1")).toEqual([200, 400]);
    expect(await create("0")).toEqual([200, 200]);
  });

  it("goes on with its instances after a restart", async () => {
    const variables = { DATA_DIR: makeDataDir(), API_KEY: "k" };
    const first = await start(variables);
    const headers = { "x-api-key": "k", "content-type": "application/json" };
    const body = JSON.stringify({ company_id: "c", provider: "fake" });
    const created = await fetch(`${first.url}/api/v1/instances`, { method: "POST", headers, body });
    const { instance_id: id } = z.object({ instance_id: z.string() }).parse(await created.json());
    await first.close();
    const platform = new FakePlatform();
    const second = await start(variables, platform);
    const read = await fetch(`${second.url}/api/v1/instances/${id}`, { headers });
    expect(read.status).toBe(200);
    await expect.poll(() => platform.hasSession(id)).toBe(true);
  });

  it("ends event streams first when it closes, and a restarted one goes on behind the last event", async () => {
    const variables = { DATA_DIR: makeDataDir(), API_KEY: "k", INSTANCE_PORTS: "" };
    const platform = new FakePlatform();
    const first = await start(variables, platform);
    const headers = { "x-api-key": "k", "content-type": "application/json" };
    const body = JSON.stringify({ company_id: "c", provider: "fake" });
    const created = await fetch(`${first.url}/api/v1/instances`, { method: "POST", headers, body });
    const { instance_id: id } = z.object({ instance_id: z.string() }).parse(await created.json());
    const follow = async (url: string, lastEventId = "") => {
      const response = await fetch(`${url}/api/v1/events?events=message.received`, {
        headers: { ...headers, accept: "text/event-stream", "last-event-id": lastEventId },
      });
      expect(response.status).toBe(200);
      return response;
    };
    const stream = await follow(first.url);
    const socket = new WebSocket(`${first.url.replace("http", "ws")}/api/v1/events/socket`, {
      headers,
    });
    await once(socket, "open");
    await expect.poll(() => platform.hasSession(id)).toBe(true);
    await platform.session(id).receive("before");
    const startedAt = performance.now();
    const closed = first.close();
    const [[code], text] = await Promise.all([once(socket, "close"), stream.text(), closed]);
    expect(code).toBe(1001);
    expect(performance.now() - startedAt).toBeLessThan(4000);
    const lastEventId = [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1];

    const second = await start(variables, platform);
    await expect.poll(() => platform.hasSession(id)).toBe(true);
    await platform.session(id).receive("meanwhile");
    const again = await follow(second.url, lastEventId);
    const reader = again.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    while (!seen.includes("meanwhile")) seen += (await reader?.read())?.value ?? "";
    // Told to one of the two, also when the first was cut off before it was told anything.
    expect([text, seen].filter((told) => told.includes("before"))).toHaveLength(1);
    await reader?.cancel();
  });

  it("refuses a data directory that another server uses, and lets its own port go", async () => {
    const dataDir = makeDataDir();
    await start({ DATA_DIR: dataDir });
    await expect(start({ DATA_DIR: dataDir })).rejects.toMatchObject({ code: "DATABASE_LOCKED" });
  });

  it("refuses a port that is taken before it opens anything", async () => {
    const { port } = await start({ DATA_DIR: makeDataDir() });
    await expect(start({ DATA_DIR: makeDataDir(), PORT: String(port) })).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining(`port ${port}`),
    });
  });

  it("uses PUBLIC_URL for what it tells others", async () => {
    const { url, lines } = await start({
      DATA_DIR: makeDataDir(),
      PUBLIC_URL: "https://bots.example.com",
    });
    expect(url).toBe("https://bots.example.com");
    expect(lines.join("\n")).toContain("https://bots.example.com/openapi.json");
  });

  it("warns when everybody may use the API", async () => {
    const { lines } = await start({ DATA_DIR: makeDataDir(), INSTANCE_MANAGER_AUTH: "off" });
    expect(lines.join("\n")).toContain("INSTANCE_MANAGER_AUTH=off");
  });
});
