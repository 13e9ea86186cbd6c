import { type ChildProcess, spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { pollUntil } from "./poll-until.ts";

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `press` reaches it; otherwise its standard input is at its end. @default false */
  readonly hasKeyboard?: boolean;
}

/** A program that runs beside the test, with nothing of the test's own environment. */
export class ChildProgram implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals>;
  #hasEnded = false;
  #output = "";

  constructor(
    command: string,
    args: readonly string[],
    { cwd, env = {}, hasKeyboard = false }: ProgramOptions,
  ) {
    const { PATH = "", HOME = "" } = process.env;
    this.#name = [command, ...args].join(" ");
    this.#child = spawn(command, args, {
      cwd,
      env: { PATH: `${dirname(process.execPath)}${delimiter}${PATH}`, HOME, ...env },
      stdio: [hasKeyboard ? "pipe" : "ignore", "pipe", "pipe"],
    });
    const collect = (chunk: Buffer) => {
      this.#output += chunk.toString();
    };
    this.#child.stdout?.on("data", collect);
    this.#child.stderr?.on("data", collect);
    const ended = Promise.withResolvers<number | NodeJS.Signals>();
    this.#child.once("error", ended.reject);
    this.#child.once("close", (code, signal) => {
      this.#hasEnded = true;
      ended.resolve(code ?? signal ?? "SIGKILL");
    });
    this.#ended = ended.promise;
  }

  get output(): string {
    return this.#output;
  }

  /** The first group of the first match in what it prints, now or later. */
  async printed(pattern: RegExp, timeoutMs?: number): Promise<string> {
    const find = () => {
      const match = pattern.exec(this.#output);
      if (match) return match[1] ?? match[0];
      if (this.#hasEnded) throw new Error("it has ended");
      return undefined;
    };
    return pollUntil(String(pattern), find, timeoutMs).catch((cause: unknown) => {
      const message = `${this.#name} did not print ${pattern}; it printed:\n${this.#output}`;
      throw new Error(message, { cause });
    });
  }

  press(key: string): void {
    this.#child.stdin?.write(key);
  }

  /** The exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals> {
    return this.#ended;
  }

  kill(signal: "SIGKILL" | "SIGTERM"): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) await this.kill("SIGKILL");
  }
}
