import { readdirSync, readFileSync } from "node:fs";

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

/** The browsers of a folder of profiles, seen from outside. */
export class Browsers {
  readonly #profiles: string;
  /** Groups that a browser of ours has led. */
  readonly #groups = new Set<number>();

  constructor(profiles: string) {
    this.#profiles = profiles;
  }

  /** The pids of those that run: each leads a group of its own. */
  leaders(): readonly number[] {
    const leaders = processes()
      .filter(({ pid, group, command }) => pid === group && command.includes(this.#profiles))
      .map(({ pid }) => pid);
    for (const leader of leaders) this.#groups.add(leader);
    return leaders;
  }

  /** What runs of browsers that are gone, and what else the engine left: nobody ends these any more. */
  orphans(engine: number): readonly string[] {
    const live = new Set(this.leaders());
    return processes()
      .filter(
        ({ group, parent, command }) =>
          !live.has(group) &&
          (this.#groups.has(group) || parent === engine || command.includes(this.#profiles)),
      )
      .map(({ pid, command }) => `${pid} ${command.slice(0, 80)}`);
  }

  /** @returns whether there was one */
  kill(index: number): boolean {
    const leaders = this.leaders();
    const leader = leaders[index % leaders.length];
    if (leader === undefined) return false;
    process.kill(leader, "SIGKILL");
    return true;
  }
}

/** All that run; the dead that nobody has buried yet hold nothing. */
function processes(): Entry[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z" || state === "X") return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
