import type { Database } from "../database/database.ts";
import type { Logger } from "../log/logger.ts";

export interface LeaseKeeperOptions {
  readonly database: Database;
  /** Who holds the leases; a node that comes back under the same name takes its own at once. */
  readonly nodeId: string;
  readonly logger: Logger;
  /** Called for each lease that somebody else took or that could not be renewed in time. */
  onLost(instanceId: string): void;
}

/** How long a lease outlives its holder. */
export const LEASE_TTL_MS = 15_000;

/**
 * The right of this node to run instances. Each lease carries a fence, a number that grows with every
 * new owner and that every write of the owner is checked against: who lost a lease cannot write any
 * more, whether it noticed or not.
 *
 * Where one process owns the whole database nobody else can hold a lease: taking always succeeds and
 * nothing needs renewing.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #renewedAt = 0;
  #renewing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** The fences of those that are ours now; instances that another living node runs are left out. */
  async acquire(instanceIds: readonly string[]): Promise<Map<string, number>> {
    const { database, nodeId } = this.#options;
    const fences = new Map<string, number>();
    if (instanceIds.length === 0) return fences;
    const now = Date.now();
    const rows = await database.write((tx) => {
      let update = tx
        .updateTable("instance")
        .set((eb) => ({
          fence: eb("fence", "+", 1),
          lease_node: nodeId,
          lease_expires_at: now + LEASE_TTL_MS,
        }))
        .where("id", "in", instanceIds);
      if (!database.dialect.exclusive) {
        update = update.where((eb) =>
          eb.or([
            eb("lease_node", "is", null),
            eb("lease_node", "=", nodeId),
            eb("lease_expires_at", "<", now),
          ]),
        );
      }
      return update.returning(["id", "fence"]).execute();
    });
    for (const { id, fence } of rows) {
      fences.set(id, fence);
      this.#held.add(id);
    }
    this.#schedule();
    return fences;
  }

  /** A lease that came with the insertion of its instance: it is renewed like the others. */
  hold(instanceId: string): void {
    this.#held.add(instanceId);
    this.#schedule();
  }

  /** Frees a lease for the next owner; a lease that is not ours any more is left alone. */
  async release(instanceIds: readonly string[]): Promise<void> {
    const { database, nodeId } = this.#options;
    const ours = instanceIds.filter((id) => this.#held.delete(id));
    if (ours.length === 0) return;
    await database.write((tx) =>
      tx
        .updateTable("instance")
        .set({ lease_node: null, lease_expires_at: 0 })
        .where("id", "in", ours)
        .where("lease_node", "=", nodeId)
        .execute(),
    );
  }

  /** A lease that somebody else was seen to have. */
  forget(instanceId: string): void {
    this.#held.delete(instanceId);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#renewing;
    await this.release([...this.#held]);
  }

  #schedule(): void {
    if (this.#options.database.dialect.exclusive || this.#timer || this.#closed) return;
    this.#renewedAt = Date.now();
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew();
    }, LEASE_TTL_MS / 3);
    this.#timer.unref();
  }

  /** One statement for all; what it does not return is not ours any more. */
  async #renew(): Promise<void> {
    const { database, nodeId, onLost, logger } = this.#options;
    const asked = [...this.#held];
    if (asked.length === 0) return;
    try {
      const rows = await database.write((tx) =>
        tx
          .updateTable("instance")
          .set({ lease_expires_at: Date.now() + LEASE_TTL_MS })
          .where("lease_node", "=", nodeId)
          .returning("id")
          .execute(),
      );
      this.#renewedAt = Date.now();
      const renewed = new Set(rows.map(({ id }) => id));
      for (const id of asked) {
        if (!renewed.has(id) && this.#held.delete(id)) onLost(id);
      }
    } catch (error) {
      logger.error("leases could not be renewed", { error });
      if (Date.now() - this.#renewedAt < LEASE_TTL_MS) return;
      // They have run out, and others may take them: what runs on would meet its successor.
      for (const id of asked) if (this.#held.delete(id)) onLost(id);
    }
  }
}
