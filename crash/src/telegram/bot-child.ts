import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface BotChildOptions {
  readonly subject: "engine" | "plain";
  readonly apiRoot: string;
  readonly sinkUrl: string;
  readonly dataDir: string;
  readonly tokens: readonly string[];
  /** Where it kills itself, at the n-th time. */
  readonly stage: string;
  readonly after: number;
}

/** One life of the process that runs the bots. */
export class BotChild {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(options: BotChildOptions) {
    const file = options.subject === "engine" ? "./bot-process.ts" : "./plain-process.ts";
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
      execArgv: ["--conditions=@orquesta/source"],
      env: {
        ...process.env,
        API_ROOT: options.apiRoot,
        SINK_URL: options.sinkUrl,
        DATA_DIR: options.dataDir,
        TOKENS: options.tokens.join(","),
        STAGE: options.stage,
        KILL_AFTER: String(options.after),
      },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#exited = once(this.#process, "exit");
  }

  get isGone(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
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
