import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeWhatsApp } from "@orquesta/providers/testing";
import { request } from "undici";
import { MeasuredProcess, until } from "./measured-process.ts";
import type { Subject } from "./subject.ts";

const API_KEY = "a-key-for-measurements-only";
const CLI = new URL("../../packages/http-adapter/src/cli/orquesta.ts", import.meta.url);

interface Answer {
  readonly instance_id: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface OrquestaOptions {
  /** @default a fresh one, erased in the end */
  readonly dataDir?: string;
}

/** The server as users run it, with its HTTP API. */
export class Orquesta implements Subject {
  readonly name = "Orquesta";
  readonly #whatsapp: FakeWhatsApp;
  readonly #process: MeasuredProcess;
  readonly #base: string;
  readonly #dataDir: string;
  readonly #ids = new Map<string, string>();

  private constructor(
    whatsapp: FakeWhatsApp,
    process: MeasuredProcess,
    base: string,
    dataDir: string,
  ) {
    this.#whatsapp = whatsapp;
    this.#process = process;
    this.#base = base;
    this.#dataDir = dataDir;
  }

  static async start(whatsapp: FakeWhatsApp, { dataDir }: OrquestaOptions = {}): Promise<Orquesta> {
    const port = await freePort();
    const directory = dataDir ?? mkdtempSync(join(tmpdir(), "orquesta-bench-"));
    const server = new MeasuredProcess(CLI, ["serve"], {
      PORT: String(port),
      HOST: "127.0.0.1",
      DATA_DIR: directory,
      API_KEY,
      MAX_INSTANCES_PER_COMPANY: "0",
      // The pace is a promise to endpoints, not a limit of the engine.
      WEBHOOK_MAX_PER_SECOND: "0",
      BAILEYS_WS_URL: whatsapp.url,
      BAILEYS_ROOT_KEY: whatsapp.rootKey,
      // As in production, which refuses the fake's address.
      NODE_ENV: "test",
      LOG_LEVEL: "error",
      INSTANCE_PORTS: "",
      PACING: "off",
    });
    const orquesta = new Orquesta(whatsapp, server, `http://127.0.0.1:${port}`, directory);
    await until(() =>
      orquesta.#call("GET", "/api/health").then(
        () => true,
        () => false,
      ),
    );
    return orquesta;
  }

  get dataDir(): string {
    return this.#dataDir;
  }

  /** What the data directory holds. */
  databaseBytes(): number {
    const files = readdirSync(this.#dataDir).filter((name) => name.startsWith("orquesta.sqlite"));
    return files.reduce((sum, name) => sum + statSync(join(this.#dataDir, name)).size, 0);
  }

  /** Runs what another server had before it was killed. */
  takeOver(before: Orquesta): void {
    for (const [number, id] of before.#ids) this.#ids.set(number, id);
  }

  async pair(number: string, sinkUrl = ""): Promise<void> {
    const created = await this.#call("POST", "/api/v1/instances", {
      company_id: "bench",
      provider: "baileys",
      type_instance: ["api"],
      ...(sinkUrl !== "" && { api_webhook_schema: { url: sinkUrl } }),
    });
    const id = created.instance_id;
    this.#ids.set(number, id);
    const { data } = await this.#call("GET", `/api/v1/instances/${id}/qr`);
    await this.#whatsapp.phone(number).scan(data["url"] ?? "");
    await until(async () => (await this.status(number)) === "client_ready");
  }

  async status(number: string): Promise<string> {
    const { data } = await this.#call("GET", `/api/v1/instances/${this.#ids.get(number)}`);
    return data["status"] ?? "";
  }

  async send(number: string, to: string, text: string): Promise<void> {
    await this.#call("POST", `/api/v1/instances/${this.#ids.get(number)}/messages`, { to, text });
  }

  measure() {
    return this.#process.measure();
  }

  reset(): Promise<void> {
    return this.#process.reset();
  }

  /** Kills it and leaves the data directory. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #call(method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
    const answer = await request(`${this.#base}${path}`, {
      method,
      headers: { "x-api-key": API_KEY, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
