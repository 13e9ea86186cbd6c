import { join } from "node:path";
import { createBackup, restoreBackup } from "@orquesta/core";
import { JournalCheck } from "./journal-check.ts";

/** A backup that is taken at some moment, and restored at the end. */
export class BackupCheck {
  readonly #dataDir: string;
  readonly #backup: string;
  #toldBefore: ReadonlySet<string> | null = null;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#backup = join(dataDir, "backup");
  }

  /** @param told ids of events that somebody was told of by now: they have to be in it */
  async take(told: ReadonlySet<string>): Promise<void> {
    await createBackup({ dataDir: this.#dataDir, to: this.#backup });
    this.#toldBefore = told;
  }

  /**
   * @param events of the engine that went on
   * @returns what is wrong with it
   */
  async judge(events: ReadonlyMap<string, string>): Promise<readonly string[]> {
    if (this.#toldBefore === null) return ["no backup was taken"];
    const dataDir = join(this.#dataDir, "restored");
    await restoreBackup({ from: this.#backup, dataDir });
    const restored = new JournalCheck(dataDir);
    const faults = restored.faults().map((fault) => `in the restored backup: ${fault}`);
    const kept = restored.events();
    restored.close();
    const foreign = [...kept].filter(([place, id]) => events.get(place) !== id).length;
    if (foreign > 0) faults.push(`${foreign} events of the backup are not in the journal`);
    const ids = new Set(kept.values());
    const missing = [...this.#toldBefore].filter((id) => !ids.has(id)).length;
    if (missing > 0)
      faults.push(`${missing} events were told of before the backup and are not in it`);
    return faults;
  }
}
