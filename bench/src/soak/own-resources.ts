import { readdirSync, readlinkSync } from "node:fs";
import { createRequire } from "node:module";
import type { Counts, Resources } from "./resources.ts";

interface TimerLink {
  readonly _idleNext: TimerLink;
}

/** Bridge: Node tells of unreferenced timers only inside; needs `--expose-internals`. */
const { timerListMap } = createRequire(import.meta.url)("internal/timers") as {
  readonly timerListMap: Readonly<Record<string, TimerLink>>;
};

export function readResources(): Resources {
  const names = process.eventNames();
  return {
    active: countOf(process.getActiveResourcesInfo()),
    timers: countOf(timers()),
    listeners: countOf(
      names.flatMap((name) =>
        Array.from({ length: process.listenerCount(name) }, () => String(name)),
      ),
    ),
    files: countOf(files()),
  };
}

function timers(): string[] {
  const found: string[] = [];
  for (const [ms, list] of Object.entries(timerListMap)) {
    for (let link = list._idleNext; link !== list; link = link._idleNext) found.push(ms);
  }
  return found;
}

function files(): string[] {
  const directory = "/proc/self/fd";
  return readdirSync(directory).flatMap((descriptor) => {
    try {
      return [readlinkSync(`${directory}/${descriptor}`).replace(/:.*/, "")];
    } catch {
      // The one that read the directory.
      return [];
    }
  });
}

function countOf(names: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
