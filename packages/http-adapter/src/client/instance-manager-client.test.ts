import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@orquesta/core";
import { FakePlatform } from "@orquesta/core/testing";
import axios from "axios";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readConfiguration } from "../server/configuration.ts";
import { startServer } from "../server/server.ts";
import {
  type Instance,
  InstanceManagerClient,
  InstanceManagerClientError,
  instanceManagerClient,
} from "./index.ts";

const API_KEY = "the-operator's-key";
const BOT_TOKEN = "123456789:AABBCCDDEEFFgghhiijjkkll";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UNKNOWN = "550e8400-e29b-41d4-a716-446655440000";

/** The whole server on a port of its own; its accounts are on a fake platform, under the real names. */
async function startTestServer() {
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-client-"));
  const platform = new FakePlatform({ connects: false });
  const variables = { PORT: "0", HOST: "127.0.0.1", DATA_DIR: dataDir, API_KEY };
  const server = await startServer(readConfiguration(variables), {
    providers: ["baileys", "telegram"].map((id) => ({ ...platform.provider, id })),
    logger: silentLogger,
    print: () => undefined,
  });
  onTestFinished(async () => {
    await server.close();
    rmSync(dataDir, { recursive: true });
  });
  const client = new InstanceManagerClient(server.url, API_KEY);
  return { server, platform, client, url: server.url };
}

/** A server that answers whatever a test wants. */
async function startStub(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer({}, answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close().closeAllConnections());
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

async function failureOf(call: Promise<unknown>): Promise<InstanceManagerClientError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof InstanceManagerClientError) return error;
  throw new Error(`not a failure of the client: ${String(error)}`);
}

describe("InstanceManagerClient", () => {
  it("S2-24 S2-25 creates a WhatsApp instance with its webhook and answers its id", async () => {
    const { client } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001", {
      url: "https://webhook.example.com/whatsapp",
      headers: { Authorization: "Bearer token" },
    });
    expect(id).toMatch(UUID);
    expect(await client.getInstance(id)).toMatchObject({
      id,
      company_id: "user-001",
      provider: "baileys",
      type_instance: ["api"],
    });
    expect(await client.createWhatsAppInstance("user-001")).toMatch(UUID);
  });

  it("S2-25 C-24 asks for another provider when told, and says which there are", async () => {
    const { client } = await startTestServer();
    const options = { provider: "whatsappweb" };
    const call = client.createWhatsAppInstance("user-001", undefined, options);
    expect(await failureOf(call)).toMatchObject({
      code: "PROVIDER_UNKNOWN",
      status: 400,
      message: 'provider "whatsappweb" is not known here; there is baileys, telegram',
    });
    expect(await client.getAllInstances()).toEqual([]);
  });

  it("S2-26 creates a Telegram instance with the bot's token", async () => {
    const { client } = await startTestServer();
    const webhook = { url: "https://webhook.example.com/telegram" };
    const id = await client.createTelegramInstance("user-002", BOT_TOKEN, webhook);
    expect(await client.getInstance(id)).toMatchObject({ provider: "telegram" });
  });

  it("S2-27 answers the instance's key, which opens its routes", async () => {
    const { client, url } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001");
    const key = await client.getInstanceApiKey(id);
    const own = new InstanceManagerClient(url, key);
    expect((await own.getInstance(id)).id).toBe(id);
    expect(await failureOf(own.getAllInstances())).toMatchObject({ status: 401 });
  });

  it("S2-28 waits for the QR code", async () => {
    const { client, platform } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001");
    const waiting = client.getQRCode(id);
    (await vi.waitFor(() => platform.session(id))).showQr("2@abc");
    expect(await waiting).toEqual({
      qr_url: expect.stringMatching(/^data:image\/png;base64,/),
      url: "https://wa.me/settings/linked_devices#2@abc",
    });
  });

  it("S2-29 tells how far the authentication is", async () => {
    const { client, platform } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001");
    expect(await client.getAuthStatus(id)).toMatchObject({
      status: "pending",
      authenticated: false,
      account: null,
    });
    (await vi.waitFor(() => platform.session(id))).connect("1234567890");
    await vi.waitFor(async () => {
      expect(await client.getAuthStatus(id)).toMatchObject({
        status: "authenticated",
        authenticated: true,
        account: "+1234567890",
      });
    });
  });

  it("S2-30 stops, starts and restarts", async () => {
    const { client } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001");
    await expect(client.stopInstance(id)).resolves.toBeUndefined();
    expect((await client.getInstance(id)).status).toBe("stopped");
    await expect(client.startInstance(id)).resolves.toBeUndefined();
    expect((await client.getInstance(id)).status).not.toBe("stopped");
    await expect(client.restartInstance(id)).resolves.toBeUndefined();
  });

  it("S2-31 answers the last lines of the log", async () => {
    const { client } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001");
    const logs = await client.getInstanceLogs(id, 2);
    expect(logs.tail).toBe(2);
    expect(logs.logs.length).toBeLessThanOrEqual(2);
    expect((await client.getInstanceLogs(id)).tail).toBe(100);
    expect(await failureOf(client.getInstanceLogs(id, 0))).toMatchObject({
      code: "VALIDATION_FAILED",
      fields: [{ field: "tail", message: expect.any(String) }],
    });
  });

  it("S2-32 deletes", async () => {
    const { client } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001");
    await expect(client.deleteInstance(id)).resolves.toBeUndefined();
    expect(await failureOf(client.deleteInstance(id))).toMatchObject({ status: 404 });
  });

  it("S2-33 S2-34 the global client is pointed elsewhere and takes the key of the environment", async () => {
    const { client, url } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001");
    instanceManagerClient.setBaseUrl(`${url}/`);
    vi.stubEnv("INSTANCE_MANAGER_API_KEY", "");
    vi.stubEnv("API_KEY", "");
    expect(await failureOf(instanceManagerClient.getAllInstances())).toMatchObject({
      code: "UNAUTHORIZED",
    });
    vi.stubEnv("API_KEY", API_KEY);
    const instances: Instance[] = await instanceManagerClient.getAllInstances();
    expect(instances.map((instance) => instance.id)).toEqual([id]);
    vi.stubEnv("INSTANCE_MANAGER_API_KEY", "wins");
    expect(await failureOf(instanceManagerClient.getAllInstances())).toMatchObject({ status: 401 });
    expect(() => instanceManagerClient.setBaseUrl("localhost:3000")).toThrow("http or https URL");
    expect(await instanceManagerClient.ping()).toBe(true);
  });

  it("S2-34 lists all instances, or those of a company", async () => {
    const { client } = await startTestServer();
    await client.createWhatsAppInstance("user-001");
    const id = await client.createWhatsAppInstance("user & 2");
    expect(await client.getAllInstances()).toHaveLength(2);
    const own = await client.getAllInstances({ companyId: "user & 2" });
    expect(own.map((instance) => instance.id)).toEqual([id]);
  });

  it("S2-35 ping tells whether the server is there and healthy, and never throws", async () => {
    const { client, server } = await startTestServer();
    expect(await client.ping()).toBe(true);
    await server.close();
    expect(await client.ping()).toBe(false);
    const unhealthy = await startStub((_request, response) => {
      response.writeHead(503).end('{"status":"unhealthy"}');
    });
    const somebodyElse = await startStub((_request, response) => response.end("<html>"));
    const silent = await startStub(() => undefined);
    for (const url of [unhealthy, somebodyElse, silent]) {
      expect(await new InstanceManagerClient(url).ping({ timeoutMs: 200 })).toBe(false);
    }
  });

  it("sends once for one idempotency key, and tells how far the message got", async () => {
    const { client, platform } = await startTestServer();
    const id = await client.createWhatsAppInstance("user-001");
    (await vi.waitFor(() => platform.session(id))).connect("1234567890");
    const message = { chat_id: "15550002222", text: "hi" };
    const options = { idempotencyKey: "order-42" };
    const first = await client.sendMessage(id, message, options);
    expect(await client.sendMessage(id, message, options)).toMatchObject({ id: first.id });
    await vi.waitFor(async () => {
      expect((await client.getMessage(id, first.id)).status).toBe("sent");
    });
    expect(platform.delivered).toHaveLength(1);
  });
});

describe("failures of the client", () => {
  it("carry the server's code, status and request id", async () => {
    const { client } = await startTestServer();
    const error = await failureOf(client.getQRCode(UNKNOWN));
    expect(error).toMatchObject({
      name: "InstanceManagerClientError",
      message: "Instance not found",
      code: "INSTANCE_NOT_FOUND",
      status: 404,
      requestId: expect.stringMatching(UUID),
    });
  });

  it("hold no key and no token, however they are printed", async () => {
    const { client, url } = await startTestServer();
    const { inspect } = await import("node:util");
    const gone = new InstanceManagerClient("http://127.0.0.1:1", API_KEY);
    const silent = new InstanceManagerClient(await startStub(() => undefined), API_KEY);
    const failures = [
      await failureOf(new InstanceManagerClient(url, "wrong-key").getAllInstances()),
      await failureOf(client.createTelegramInstance("", BOT_TOKEN)),
      await failureOf(gone.createTelegramInstance("user-001", BOT_TOKEN)),
      await failureOf(
        silent.createTelegramInstance("user-001", BOT_TOKEN, undefined, { timeoutMs: 50 }),
      ),
    ];
    expect(failures.map(({ code }) => code)).toEqual([
      "UNAUTHORIZED",
      "VALIDATION_FAILED",
      "UNREACHABLE",
      "TIMED_OUT",
    ]);
    for (const error of failures) {
      const printed = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      for (const secret of [API_KEY, "wrong-key", BOT_TOKEN]) expect(printed).not.toContain(secret);
    }
  });

  it("tell an aborted call from one that took too long", async () => {
    const client = new InstanceManagerClient(await startStub(() => undefined), API_KEY);
    const aborted = client.getAllInstances({ signal: AbortSignal.abort() });
    expect(await failureOf(aborted)).toMatchObject({ code: "ABORTED", status: null });
    const late = client.getAllInstances({ timeoutMs: 50 });
    expect(await failureOf(late)).toMatchObject({ code: "TIMED_OUT", status: null });
  });

  it("say that the address is another program's, and take no key to where it redirects", async () => {
    const seen: unknown[] = [];
    const thief = await startStub((request, response) => {
      seen.push(request.headers["x-api-key"]);
      response.end("{}");
    });
    const redirecting = await startStub((_request, response) => {
      response.writeHead(302, { location: thief }).end();
    });
    const client = new InstanceManagerClient(redirecting, API_KEY);
    expect(await failureOf(client.getAllInstances())).toMatchObject({
      code: "ANSWER_UNREADABLE",
      status: 302,
    });
    expect(seen).toEqual([]);
    const html = await startStub((_request, response) => response.end("<html>"));
    expect(await failureOf(new InstanceManagerClient(html).getAllInstances())).toMatchObject({
      code: "ANSWER_UNREADABLE",
      status: 200,
    });
  });

  it("do not depend on what the program does to axios", async () => {
    const { client } = await startTestServer();
    const eject = axios.interceptors.request.use(() => {
      throw new Error("meant for another server");
    });
    onTestFinished(() => axios.interceptors.request.eject(eject));
    expect(await client.getAllInstances()).toEqual([]);
  });

  it.each(["", "localhost:3000", "ftp://example.com", "/api"])(
    "refuse %j for an address",
    (baseUrl) => {
      expect(() => new InstanceManagerClient(baseUrl)).toThrow(
        expect.objectContaining({ code: "BASE_URL_INVALID" }),
      );
    },
  );
});
