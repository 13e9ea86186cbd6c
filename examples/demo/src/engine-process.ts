import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("engine.ts", import.meta.url));
const START_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** Where compiled code is kept for the next start, unless somebody has said so already. */
const COMPILE_CACHE = "compile-cache";

/** The server, which may be killed and started again on the same port and the same data. */
export class EngineProcess {
  readonly #settings: Readonly<Record<string, string>>;
  #port = "0";
  #child: ChildProcess | null = null;
  #output = "";

  /** @param settings the variables of the server */
  constructor(settings: Readonly<Record<string, string>>) {
    this.#settings = settings;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const settings = { ...this.#settings, HOST: "127.0.0.1", PORT: this.#port };
    const child = fork(PROGRAM, {
      env: {
        NODE_COMPILE_CACHE: join(this.#settings["DATA_DIR"] ?? ".", COMPILE_CACHE),
        ...process.env,
        DEMO_SERVER: JSON.stringify(settings),
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    const collect = (chunk: Buffer) => {
      this.#output = `${this.#output}${chunk}`.slice(-10_000);
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.once("exit", () => {
      if (this.#child === child) this.#child = null;
    });
    const ended = once(child, "exit").then(() => {
      throw new Error(`the engine ended while it started:\n${this.#output}`);
    });
    const late = AbortSignal.timeout(START_TIMEOUT_MS);
    const [port] = await Promise.race([once(child, "message", { signal: late }), ended]);
    ended.catch(() => {});
    this.#port = String(port);
  }

  /** `kill -9`: it has no chance to clean up. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async close(): Promise<void> {
    const child = this.#child;
    const timer = setTimeout(() => child?.kill("SIGKILL"), CLOSE_TIMEOUT_MS);
    await this.#end("SIGTERM");
    clearTimeout(timer);
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = null;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}
