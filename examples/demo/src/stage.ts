import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VerifiedWebhook } from "@orquesta/http-adapter/client";
import { FakeWhatsApp, type Peer } from "@orquesta/providers/testing";
import { EngineProcess } from "./engine-process.ts";
import { OrquestaApi } from "./orquesta-api.ts";
import { type MessageWebhook, WebhookReceiver } from "./webhook-receiver.ts";

export type Webhook = VerifiedWebhook<MessageWebhook>;

/** The phone number of the account, and of the customer who writes to it. */
export const ACCOUNT = "5511999990000";
export const ANA = "5511988887777";

interface Parts {
  readonly whatsapp: FakeWhatsApp;
  readonly receiver: WebhookReceiver;
  readonly engine: EngineProcess;
  readonly api: OrquestaApi;
  readonly ana: Peer;
}

/** Everything that plays along, on free ports and in a directory of its own. */
export class Stage {
  /** Asked for every webhook, once. */
  onWebhook: (webhook: Webhook) => Promise<void> = async () => {};
  readonly #directory = mkdtempSync(join(tmpdir(), "orquesta-demo-"));
  #parts: Parts | null = null;
  #closed = false;

  /** Starts all of it, side by side. */
  async open(): Promise<void> {
    const [whatsapp, receiver] = await Promise.all([
      FakeWhatsApp.listen(),
      WebhookReceiver.open((webhook) => this.onWebhook(webhook)),
    ]);
    const key = randomBytes(8).toString("hex");
    const engine = new EngineProcess({
      DATA_DIR: this.#directory,
      API_KEY: key,
      LOG_LEVEL: "error",
      PACING: "off",
      // A port for each instance might be taken on this machine.
      INSTANCE_PORTS: "",
      BAILEYS_WS_URL: whatsapp.url,
      BAILEYS_ROOT_KEY: whatsapp.rootKey,
    });
    const api = new OrquestaApi(() => engine.url, key);
    const ana = whatsapp.peer(ANA, { name: "Ana" });
    this.#parts = { whatsapp, receiver, engine, api, ana };
    await (this.#closed ? this.close() : engine.start());
  }

  get whatsapp(): FakeWhatsApp {
    return this.#opened.whatsapp;
  }

  get receiver(): WebhookReceiver {
    return this.#opened.receiver;
  }

  get engine(): EngineProcess {
    return this.#opened.engine;
  }

  get api(): OrquestaApi {
    return this.#opened.api;
  }

  get ana(): Peer {
    return this.#opened.ana;
  }

  /** Ends every process and socket, and deletes the data. */
  async close(): Promise<void> {
    this.#closed = true;
    const parts = this.#parts;
    await parts?.engine.close();
    await parts?.receiver.close();
    await parts?.whatsapp.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #opened(): Parts {
    if (this.#parts) return this.#parts;
    throw new Error("the stage is not open");
  }
}
