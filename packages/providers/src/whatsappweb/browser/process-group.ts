import { setTimeout as sleep } from "node:timers/promises";
import { readProcess, readProcesses } from "./process-table.ts";

const LOOK_AGAIN_MS = 20;

/** A browser and everything that it has started: it leads a group of its own. */
export class ProcessGroup {
  readonly leader: number;
  /** Null where there is no /proc. */
  readonly #startTime: string | null;

  constructor(leader: number, startTime: string | null) {
    this.leader = leader;
    this.#startTime = startTime;
  }

  /** Of a process that runs. */
  static async of(leader: number): Promise<ProcessGroup> {
    return new ProcessGroup(leader, (await readProcess(leader))?.startTime ?? null);
  }

  /**
   * Kills what is left of it and waits until nothing runs any more.
   * @returns whether that is so
   */
  async end(timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (await this.#runs()) {
      this.#kill();
      if (Date.now() >= deadline) return false;
      await sleep(LOOK_AGAIN_MS);
    }
    return true;
  }

  /** The dead that nobody has buried yet hold nothing, and are the affair of the machine's init. */
  async #runs(): Promise<boolean> {
    if (process.platform !== "linux") return this.#signal(0);
    // While one of the group is left, its number is given to nobody else; afterwards it may be.
    const leader = await readProcess(this.leader);
    if (leader !== null && leader.startTime !== this.#startTime) return false;
    const processes = await readProcesses();
    return processes.some(
      ({ processGroup, isZombie }) => processGroup === this.leader && !isZombie,
    );
  }

  #kill(): void {
    this.#signal("SIGKILL");
  }

  /** @returns whether there was anybody */
  #signal(signal: "SIGKILL" | 0): boolean {
    try {
      process.kill(-this.leader, signal);
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
      throw error;
    }
  }
}
