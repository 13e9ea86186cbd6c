import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A real process that runs a script of this folder; it says lines, and ends by itself or by a kill. */
export class Child implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;

  constructor(script: URL, environment: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(process.execPath, ["--conditions=@orquesta/source", script.pathname], {
      env: { ...process.env, ...environment, NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.ended = once(this.#process, "close").then(([code]) => code);
    const { stdout, stderr } = this.#process;
    if (stdout) createInterface(stdout).on("line", (line) => this.lines.push(line));
    if (stderr) createInterface(stderr).on("line", (line) => this.errors.push(line));
  }

  /** The process has no chance to clean up. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
