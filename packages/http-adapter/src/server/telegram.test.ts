import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@orquesta/core";
import { FakeTelegram } from "@orquesta/providers/testing";
import { expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { readConfiguration } from "./configuration.ts";
import { startServer } from "./server.ts";

const INSTANCES = "/api/v1/instances";
const bodySchema = z.looseObject({
  instance_id: z.string().optional(),
  data: z.unknown().optional(),
});
const WAIT = { timeout: 15_000, interval: 20 };

async function start(telegram: FakeTelegram) {
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-telegram-"));
  const configuration = readConfiguration({
    PORT: "0",
    HOST: "127.0.0.1",
    INSTANCE_PORTS: "",
    DATA_DIR: dataDir,
    API_KEY: "k",
    TELEGRAM_API_ROOT: telegram.url,
  });
  const server = await startServer(configuration, { logger: silentLogger, print: () => {} });
  onTestFinished(async () => {
    await server.close();
    rmSync(dataDir, { recursive: true });
  });
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { "x-api-key": "k", "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: bodySchema.parse(await response.json()) };
  };
}

const creating = (bot_token?: string) => ({
  company_id: "user-002",
  provider: "telegram",
  type_instance: ["api"],
  ...(bot_token !== undefined && { config: { bot_token } }),
});

it("S2-02 creates a Telegram instance with its token, which connects without a QR code", async () => {
  await using telegram = await FakeTelegram.listen();
  const call = await start(telegram);
  const created = await call("POST", INSTANCES, creating(telegram.createBot().token));
  expect(created).toMatchObject({ status: 200, body: { success: true } });
  const path = `${INSTANCES}/${created.body.instance_id}`;
  await vi.waitFor(async () => {
    const { body } = await call("GET", `${path}/auth-status`);
    expect(body.data).toMatchObject({ status: "authenticated", account: null });
  }, WAIT);
  // S2-10
  expect(await call("GET", `${path}/qr`)).toMatchObject({
    status: 400,
    body: { code: "CAPABILITY_MISSING", error: expect.stringMatching(/telegram has no QR code/) },
  });
});

it("S2-02 refuses a token that is missing, that is none, and that Telegram does not know", async () => {
  await using telegram = await FakeTelegram.listen();
  const call = await start(telegram);
  for (const token of [undefined, "hello"]) {
    expect(await call("POST", INSTANCES, creating(token))).toMatchObject({
      status: 400,
      body: { code: "VALIDATION_FAILED", error: expect.stringMatching(/config\.bot_token/) },
    });
  }
  expect(await call("POST", INSTANCES, creating("12345:AAAAAAAAAAAAAAAAAAAA"))).toMatchObject({
    status: 400,
    body: { code: "VALIDATION_FAILED", error: "Telegram does not know this token" },
  });
  expect((await call("GET", INSTANCES)).body.data).toEqual([]);
});

it("S2-02 says that Telegram cannot be reached, and creates nothing", async () => {
  const telegram = await FakeTelegram.listen();
  const call = await start(telegram);
  const { token } = telegram.createBot();
  await telegram.close();
  expect(await call("POST", INSTANCES, creating(token))).toMatchObject({
    status: 500,
    body: { code: "PLATFORM_UNREACHABLE", error: expect.stringMatching(/could not be reached/) },
  });
  expect((await call("GET", INSTANCES)).body.data).toEqual([]);
});
