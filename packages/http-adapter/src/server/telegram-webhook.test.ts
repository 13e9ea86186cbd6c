import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@orquesta/core";
import { FakeTelegram, type FakeTelegramBot } from "@orquesta/providers/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { readConfiguration } from "./configuration.ts";
import { type RunningServer, startServer } from "./server.ts";

const KEY = "operator-key";
const SECRET_HEADER = "x-telegram-bot-api-secret-token";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Instance {
  readonly id: string;
  readonly bot: FakeTelegramBot;
}

interface ReceivedEvent {
  readonly data: { readonly message: { readonly content: { readonly text?: string } } };
}

/** The whole server, reached at PUBLIC_URL by a Telegram that posts for real. */
class World {
  readonly telegram: FakeTelegram;
  readonly #variables: Readonly<Record<string, string>>;
  #server: RunningServer | null = null;

  private constructor(telegram: FakeTelegram, variables: Readonly<Record<string, string>>) {
    this.telegram = telegram;
    this.#variables = variables;
  }

  static async open(): Promise<World> {
    const telegram = await FakeTelegram.listen({ webhookSecondMs: 20 });
    const dataDir = mkdtempSync(join(tmpdir(), "orquesta-telegram-"));
    const port = await freePort();
    const world = new World(telegram, {
      PORT: String(port),
      HOST: "127.0.0.1",
      INSTANCE_PORTS: "",
      DATA_DIR: dataDir,
      API_KEY: KEY,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      TELEGRAM_API_ROOT: telegram.url,
    });
    onTestFinished(async () => {
      await world.stop();
      await telegram.close();
      rmSync(dataDir, { recursive: true });
    });
    await world.start();
    return world;
  }

  get url(): string {
    return this.#variables["PUBLIC_URL"] ?? "";
  }

  async start(): Promise<void> {
    this.#server = await startServer(readConfiguration(this.#variables), {
      logger: silentLogger,
      print: () => undefined,
      drainMs: 100,
    });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  /** A new bot whose updates are posted, connected. */
  async create(): Promise<Instance> {
    const bot = this.telegram.createBot();
    const body = {
      company_id: "company",
      provider: "telegram",
      config: { bot_token: bot.token, updates: "webhook" },
    };
    const created = await this.#call("POST", "/api/v1/instances", body);
    const id = String(created["instance_id"]);
    await expect.poll(() => bot.webhookUrl).toBe(`${this.url}/push/${id}`);
    return { id, bot };
  }

  /** What the journal has of what people wrote, oldest first. */
  async texts({ id }: Instance): Promise<readonly unknown[]> {
    const path = `/api/v1/instances/${id}/events?events=message.received`;
    const { data } = await this.#call("GET", path);
    if (!Array.isArray(data)) throw new Error("no events");
    return data.map((event: ReceivedEvent) => event.data.message.content.text);
  }

  post(id: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/push/${id}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  async #call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { "x-api-key": KEY, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: Record<string, unknown> = JSON.parse(await response.text());
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

describe("Telegram posts updates to the server", () => {
  it("each to its own instance, and only when they have its secret", async () => {
    const world = await World.open();
    const [one, two] = [await world.create(), await world.create()];
    const ana = world.telegram.createUser();
    ana.write(one.bot, "to one");
    ana.write(two.bot, "to two");
    await expect.poll(() => world.texts(one)).toEqual(["to one"]);
    await expect.poll(() => world.texts(two)).toEqual(["to two"]);
    await expect.poll(() => one.bot.pendingUpdates).toEqual([]);

    const secrets = [one, two].map(({ bot }) => secretOf(bot));
    expect(secrets[0]).toMatch(/^[\w-]{32,256}$/);
    expect(secrets[0]).not.toBe(secrets[1]);
    const update = { update_id: 1, message: messageOf("forged") };
    const ownSecret = { [SECRET_HEADER]: secrets[0] ?? "" };
    expect((await world.post(one.id, update)).status).toBe(401);
    expect((await world.post(two.id, update, ownSecret)).status).toBe(401);
    expect((await world.post("nobody", update, ownSecret)).status).toBe(404);
    expect((await world.post(one.id, "no update", ownSecret)).status).toBe(400);
    expect(await world.texts(one)).toEqual(["to one"]);
    expect(await world.texts(two)).toEqual(["to two"]);
  });

  it("an update that comes twice is told once", async () => {
    const world = await World.open();
    const instance = await world.create();
    const headers = { [SECRET_HEADER]: secretOf(instance.bot) };
    const update = { update_id: 77, message: messageOf("again") };
    const answers = await Promise.all(
      [1, 2, 3].map(() => world.post(instance.id, update, headers)),
    );
    answers.push(await world.post(instance.id, update, headers));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(await world.texts(instance)).toEqual(["again"]);
  });

  it("what comes while the server is away or not connected is posted again, in order", async () => {
    const world = await World.open();
    const instance = await world.create();
    const ana = world.telegram.createUser();
    ana.write(instance.bot, "1");
    await expect.poll(() => world.texts(instance)).toEqual(["1"]);
    await world.stop();
    for (const text of ["2", "3", "4"]) ana.write(instance.bot, text);
    // It comes back while Telegram does not answer it: 503 until it does.
    const fault = world.telegram.fail(
      { kind: "error", code: 500 },
      { botId: instance.bot.id, times: 1_000 },
    );
    await world.start();
    const headers = { [SECRET_HEADER]: secretOf(instance.bot) };
    const early = await world.post(instance.id, { update_id: 1 }, headers);
    expect(early.status).toBe(503);
    fault.end();
    await expect
      .poll(() => world.texts(instance), { timeout: 20_000 })
      .toEqual(["1", "2", "3", "4"]);
    await expect.poll(() => instance.bot.pendingUpdates).toEqual([]);
  }, 40_000);
});

function secretOf(bot: FakeTelegramBot): string {
  const call = bot.calls.findLast(({ method }) => method === "setWebhook");
  return String(call?.parameters["secret_token"]);
}

function messageOf(text: string): object {
  const user = { id: 999, is_bot: false, first_name: "Eve" };
  const chat = { id: 999, type: "private", first_name: "Eve" };
  return { message_id: 5, date: 1_700_000_000, from: user, chat, text };
}
