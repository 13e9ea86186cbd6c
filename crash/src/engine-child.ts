import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FakeWhatsApp } from "@orquesta/providers/testing";
import type { RunningSecret } from "./running-secret.ts";
import type { Stage } from "./stages.ts";

export interface EngineChildOptions {
  readonly whatsapp: FakeWhatsApp;
  readonly sinkUrl: string;
  readonly dataDir: string;
  readonly accounts: readonly string[];
  readonly provider: "baileys" | "plain";
  /** Where it kills itself, at the n-th time; null for a process that lives. */
  readonly kill: { readonly stage: Stage; readonly after: number } | null;
  onSecret(secret: RunningSecret): void;
  onFault(fault: string): void;
}

/** What the process says. */
export interface Told {
  readonly scan?: string;
  readonly qr?: string;
  readonly connected?: boolean;
  readonly secret?: RunningSecret;
  /** An order that is carried out. */
  readonly did?: string;
  /** What went wrong beside the traffic. */
  readonly fault?: string;
}

/** One life of the engine. */
export class EngineChild {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #did = new Set<string>();
  #connected = 0;

  constructor(options: EngineChildOptions) {
    const { whatsapp, sinkUrl, dataDir, accounts, provider, kill } = options;
    this.#process = fork(fileURLToPath(new URL("./engine-process.ts", import.meta.url)), [], {
      execArgv: ["--conditions=@orquesta/source"],
      env: {
        ...process.env,
        WHATSAPP_URL: whatsapp.url,
        ROOT_KEY: whatsapp.rootKey,
        SINK_URL: sinkUrl,
        DATA_DIR: dataDir,
        ACCOUNTS: accounts.join(","),
        PROVIDER: provider,
        STAGE: kill?.stage ?? "",
        KILL_AFTER: String(kill?.after ?? 0),
      },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#exited = once(this.#process, "exit");
    this.#process.on("message", ({ scan, qr, connected, secret, did, fault }: Told) => {
      if (secret) options.onSecret(secret);
      if (fault) options.onFault(fault);
      if (did) this.#did.add(did);
      if (connected) this.#connected += 1;
      if (scan && qr)
        whatsapp
          .phone(scan)
          .scan(qr)
          .catch(() => {});
    });
  }

  /** How many times an account of it got connected. */
  get connected(): number {
    return this.#connected;
  }

  get isGone(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  order(what: "finish" | "replay"): void {
    this.#process.send(what);
  }

  did(what: "finish" | "replay"): boolean {
    return this.#did.has(what);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
  }

  async close(): Promise<void> {
    if (!this.isGone) this.#process.send("close");
    await this.#exited;
  }
}
