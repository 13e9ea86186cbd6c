import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@orquesta/core";
import { expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { readConfiguration } from "./configuration.ts";
import { startServer } from "./server.ts";

const INSTANCES = "/api/v1/instances";
const bodySchema = z.looseObject({
  instance_id: z.string().optional(),
  data: z.unknown().optional(),
});

async function start(variables: Readonly<Record<string, string>>) {
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-whatsappweb-"));
  const configuration = readConfiguration({
    PORT: "0",
    HOST: "127.0.0.1",
    INSTANCE_PORTS: "",
    DATA_DIR: dataDir,
    API_KEY: "k",
    ...variables,
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

const creating = (config: object) => ({
  company_id: "user-001",
  provider: "whatsappweb",
  type_instance: ["api"],
  config,
});

it("S2-01 creates a WhatsApp instance by browser; without a Chromium its status says what to install", async () => {
  const call = await start({ CHROMIUM_PATH: "/nowhere/chromium" });
  const created = await call("POST", INSTANCES, creating({ qrLimit: 3 }));
  expect(created).toMatchObject({ status: 200, body: { success: true } });
  const path = `${INSTANCES}/${created.body.instance_id}`;
  await vi.waitFor(
    async () => {
      const { body } = await call("GET", `${path}/auth-status`);
      expect(JSON.stringify(body)).toContain("browser_missing");
    },
    { timeout: 15_000, interval: 20 },
  );
});

it("settings that a browser cannot have are refused", async () => {
  const call = await start({});
  const proxy = "socks5://ana:secret@127.0.0.1:1080";
  const refused = await call("POST", INSTANCES, creating({ proxy }));
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body)).not.toContain("secret");
});
