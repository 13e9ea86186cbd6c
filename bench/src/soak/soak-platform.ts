import type { EngineProcess } from "./engine-process.ts";
import type { ProviderName } from "./orders.ts";
import type { Tally } from "./tally.ts";

/** An account on a fake platform and its instance. */
export interface SoakAccount {
  readonly provider: ProviderName;
  readonly instanceId: string;
  /** How much the platform holds for it that it has not taken. */
  readonly pending: number;
  /** Somebody writes this to it, as a text or as the caption of an image. */
  write(text: string, kind: "text" | "image", round: number): Promise<void>;
}

/** A fake platform with its accounts. */
export interface SoakPlatform {
  readonly accounts: readonly SoakAccount[];
  /** Takes instances into the engine until there are so many, each connected. */
  fill(engine: EngineProcess, instances: number): Promise<void>;
  /** Counts the answers that were shown since it was last asked. */
  collect(tally: Tally): void;
  close(): Promise<void>;
}

/** People that write to each account, in turns. */
export const PEOPLE = 3;
