import { readdir, readFile } from "node:fs/promises";

/** One process of this machine, as the kernel tells of it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly processGroup: number;
  /** Clock ticks since the machine started: with the pid it names one process for ever. */
  readonly startTime: string;
  /** Dead; waits for its parent to take note. */
  readonly isZombie: boolean;
}

/** Every process that may be looked at; none where there is no /proc. */
export async function readProcesses(): Promise<ProcessEntry[]> {
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const entries = await Promise.all(pids.map(readProcess));
  return entries.filter((entry) => entry !== null);
}

/** Null when there is no such process. */
export async function readProcess(pid: number): Promise<ProcessEntry | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    // The name, in brackets, may hold anything; what follows is proc_pid_stat(5) from field 3 on.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      pid,
      processGroup: Number(fields[2]),
      startTime: fields[19] ?? "",
      isZombie: fields[0] === "Z" || fields[0] === "X",
    };
  } catch {
    return null;
  }
}

/** What it was started with; empty when it may not be known. */
export async function argumentsOf(pid: number): Promise<string[]> {
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return line.split("\0").filter((argument) => argument !== "");
}
