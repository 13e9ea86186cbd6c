import type { Logger } from "@orquesta/core";
import { ProcessGroup } from "./process-group.ts";
import { argumentsOf, readProcesses } from "./process-table.ts";

/** A running browser that was started as ours are: with a profile, by a pipe, as the leader of its group. */
export interface LeftBrowser {
  readonly pid: number;
  readonly startTime: string;
  readonly userDataDir: string;
}

const PROFILE = "--user-data-dir=";
const GONE_TIMEOUT_MS = 5_000;

/**
 * The browsers whose profile is below a folder. Linux only: other systems do not show what a process
 * was started with.
 */
export async function findBrowsersBelow(directory: string): Promise<LeftBrowser[]> {
  const found: LeftBrowser[] = [];
  for (const { pid, processGroup, startTime, isZombie } of await readProcesses()) {
    if (isZombie || pid !== processGroup) continue;
    const given = await argumentsOf(pid);
    const profile = given.find((argument) => argument.startsWith(`${PROFILE}${directory}/`));
    if (profile === undefined || !given.includes("--remote-debugging-pipe")) continue;
    found.push({ pid, startTime, userDataDir: profile.slice(PROFILE.length) });
  }
  return found;
}

/** To be called by whoever holds the lock of its profile: then nobody else can be using it. */
export async function endLeftBrowser(browser: LeftBrowser, logger: Logger): Promise<void> {
  const { pid, startTime } = browser;
  const gone = await new ProcessGroup(pid, startTime).end(GONE_TIMEOUT_MS);
  logger.warn("ended a browser that an earlier process has left", { pid, gone });
}
