import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

export interface SinkReport {
  readonly taken: number;
  readonly repeated: number;
  readonly disordered: number;
}

const WAIT_MS = 10_000;
const PROGRAM = new URL("./sink-program.ts", import.meta.url);

/** The endpoint of `sink-program.ts`, so that it does not share a thread with what is measured. */
export class SinkProcess {
  readonly #child: ChildProcess;
  readonly url: string;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async start(): Promise<SinkProcess> {
    const child = fork(PROGRAM);
    const [{ port }] = await once(child, "message", { signal: AbortSignal.timeout(WAIT_MS) });
    return new SinkProcess(child, port);
  }

  async down(): Promise<void> {
    await this.#ask("down");
  }

  async up(): Promise<void> {
    await this.#ask("up");
  }

  async reset(): Promise<void> {
    await this.#ask("reset");
  }

  async report(): Promise<SinkReport> {
    return this.#ask("report");
  }

  async close(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  async #ask<T>(order: string): Promise<T> {
    const answered = once(this.#child, "message", { signal: AbortSignal.timeout(WAIT_MS) });
    this.#child.send(order);
    const [answer] = await answered;
    return answer;
  }
}
