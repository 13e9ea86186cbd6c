import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Measured {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly cpuMs: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

const WAIT_MS = 60_000;
const PROBE = new URL("./probe.ts", import.meta.url).href;

/** A child that answers questions about itself: see probe.ts. */
export class MeasuredProcess {
  readonly child: ChildProcess;

  constructor(
    program: URL,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    flags: readonly string[] = [],
  ) {
    this.child = fork(fileURLToPath(program), args, {
      env: { ...process.env, ...env },
      execArgv: [...flags, "--expose-gc", "--conditions=@orquesta/source", `--import=${PROBE}`],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.child.setMaxListeners(0);
  }

  /** The first message, from now on, for which `matches` holds. */
  async hear<T>(matches: (message: object) => message is T & object): Promise<T> {
    const signal = AbortSignal.timeout(WAIT_MS);
    // Keeps those that come at once, of which `once` would show the first alone.
    for await (const [message] of on(this.child, "message", { signal })) {
      if (matches(message)) return message;
    }
    throw new Error("the process says no more");
  }

  measure(): Promise<Measured> {
    this.child.send("measure");
    return this.hear(
      (message): message is Measured => "probe" in message && message.probe === "measure",
    );
  }

  async reset(): Promise<void> {
    this.child.send("reset");
    await this.hear(
      (message): message is object => "probe" in message && message.probe === "reset",
    );
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await gone;
  }
}

/** @throws Error when it is not reached in time */
export async function until(
  reached: () => Promise<boolean> | boolean,
  ms = WAIT_MS,
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error("waited too long");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
