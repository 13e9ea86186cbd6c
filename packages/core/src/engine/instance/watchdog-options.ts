import { OrquestaError } from "../error/orquesta-error.ts";
import type { SessionChange } from "../provider/session-change.ts";

/** How long the engine believes in a session that shows no sign of life. */
export interface WatchdogOptions {
  /**
   * Silence after which a session is replaced, ms, for every provider. At least 1000.
   * @default what each provider declares; 50 000 for `baileys`, which pings every 30 000
   */
  readonly maxSilenceMs?: number;
  /**
   * How long a session may be neither connected nor show something to pair with, ms. At least 1000.
   * @default 120 000
   */
  readonly maxStartMs?: number;
}

const MAX_START_MS = 120_000;
const LEAST_MS = 1_000;

/** @throws CONFIGURATION_INVALID */
export function checkWatchdogOptions(options: WatchdogOptions): WatchdogOptions {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isFinite(value) && value >= LEAST_MS) continue;
    throw new OrquestaError(
      "CONFIGURATION_INVALID",
      `watchdog.${name} has to be at least ${LEAST_MS}`,
    );
  }
  return options;
}

export interface Signs {
  readonly state: SessionChange["state"] | "opening";
  /** Unix ms since when the state is what it is. */
  readonly since: number;
  readonly lastSeenAt: number | null;
  /** What the provider declares. */
  readonly maxSilenceMs: number | null;
}

/** Unix ms from which on a session with these signs counts as dead. */
export function overdueFrom(options: WatchdogOptions, signs: Signs): number {
  const { maxSilenceMs, maxStartMs = MAX_START_MS } = options;
  const { state, since, lastSeenAt } = signs;
  const isStarting = state === "opening" || state === "authenticating";
  const startBy = isStarting ? since + maxStartMs : Number.POSITIVE_INFINITY;
  if (signs.maxSilenceMs === null) return startBy;
  // A session that has seen nothing yet is silent since it opened.
  const silentSince = lastSeenAt ?? since;
  return Math.min(startBy, silentSince + (maxSilenceMs ?? signs.maxSilenceMs));
}
