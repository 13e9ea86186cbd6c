import { z } from "zod";
import { parse } from "../error/parse.ts";
import type { InstanceKeyView, ListedInstanceKey } from "../instance/instance-view.ts";
import type { Engine } from "./engine.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Longest time that a replaced instance key may go on opening its instance. */
export const MAX_KEY_OVERLAP_MS = 30 * DAY_MS;

const rotationSchema = z.strictObject({
  overlapMs: z.int().min(0).max(MAX_KEY_OVERLAP_MS).default(DAY_MS),
});

/** `manager.keys`: the keys that open one instance each over HTTP. */
export class InstanceKeyOperations {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /**
   * The key of the moment, with its use: what this node counted is in it, what other nodes counted up
   * to a second later.
   * @throws INSTANCE_NOT_FOUND
   */
  async current(instanceId: string): Promise<InstanceKeyView> {
    return (await this.#engine()).instanceKeys.current(instanceId);
  }

  /** Every key that opens the instance now, the current one first, without the keys themselves. @throws INSTANCE_NOT_FOUND */
  async list(instanceId: string): Promise<ListedInstanceKey[]> {
    return (await this.#engine()).instanceKeys.list(instanceId);
  }

  /**
   * Makes a new current key. The others go on working for `overlapMs` and are erased then; a key that
   * was to end earlier still does. Every call makes another key.
   * @param options overlapMs @default 24 hours; 0 ends the others at once, for a key that has leaked;
   *   at most 30 days
   * @throws INSTANCE_NOT_FOUND, VALIDATION_FAILED
   */
  async rotate(
    instanceId: string,
    options: { readonly overlapMs?: number } = {},
  ): Promise<InstanceKeyView> {
    const { overlapMs } = parse(rotationSchema, options, "rotation");
    return (await this.#engine()).instanceKeys.rotate(instanceId, overlapMs);
  }

  /**
   * Ends a key at once, by the id that `list` told. The current one cannot be revoked, only rotated.
   * @throws INSTANCE_NOT_FOUND, INSTANCE_KEY_NOT_FOUND (also on a repeat), INSTANCE_KEY_CURRENT
   */
  async revoke(instanceId: string, keyId: string): Promise<void> {
    return (await this.#engine()).instanceKeys.revoke(instanceId, keyId);
  }

  /** The id of the instance that the key belongs to, counting the use; null when it belongs to none, or has ended. */
  async authenticate(key: string): Promise<string | null> {
    return (await this.#engine()).instanceKeys.authenticate(key);
  }
}
