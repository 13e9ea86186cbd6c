import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Logger } from "@orquesta/core";
import { z } from "zod";

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const fileSchema = z.record(z.string(), z.int().min(1).max(65_535));

/**
 * Which port each instance has. It lies in the data directory, so that a port stays the same over
 * restarts. The file is only about wishes: without it, and when it is damaged, ports are given anew.
 */
export class InstancePorts {
  readonly #range: PortRange;
  readonly #file: string;
  readonly #logger: Logger;
  readonly #ports = new Map<string, number>();

  constructor(range: PortRange, dataDir: string, logger: Logger) {
    this.#range = range;
    this.#file = join(dataDir, "instance-ports.json");
    this.#logger = logger;
    for (const [instanceId, port] of this.#read()) {
      const isFree = ![...this.#ports.values()].includes(port);
      if (port >= range.first && port <= range.last && isFree) this.#ports.set(instanceId, port);
    }
  }

  /**
   * The port that the instance has, or the next one that nobody has; no other instance gets it until
   * it is released. Null: there is none left. `refused`: ports that could not be had.
   */
  reserve(instanceId: string, refused: ReadonlySet<number>): number | null {
    const kept = this.#ports.get(instanceId);
    if (kept !== undefined && !refused.has(kept)) return kept;
    const taken = new Set(this.#ports.values());
    for (let port = this.#range.first; port <= this.#range.last; port += 1) {
      if (taken.has(port) || refused.has(port)) continue;
      this.#ports.set(instanceId, port);
      return port;
    }
    this.#ports.delete(instanceId);
    return null;
  }

  release(instanceId: string): void {
    this.#ports.delete(instanceId);
  }

  /** Forgets instances that are no more. */
  retain(instanceIds: readonly string[]): void {
    const known = new Set(instanceIds);
    for (const id of this.#ports.keys()) if (!known.has(id)) this.#ports.delete(id);
  }

  /** Whole or not at all; a file that cannot be written costs only the next restart its ports. */
  save(): void {
    const draft = `${this.#file}.tmp`;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(draft, `${JSON.stringify(Object.fromEntries(this.#ports), null, 2)}\n`, {
        mode: 0o600,
      });
      renameSync(draft, this.#file);
    } catch (error) {
      this.#logger.warn("the ports of instances could not be saved", { error });
    }
  }

  #read(): [string, number][] {
    try {
      return Object.entries(fileSchema.parse(JSON.parse(readFileSync(this.#file, "utf8"))));
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isMissing) this.#logger.warn("the ports of instances could not be read", { error });
      return [];
    }
  }
}
