import type { Database } from "../database/database.ts";

export interface DutyOptions {
  readonly database: Database;
  readonly name: string;
  readonly nodeId: string;
  /** How long the duty outlives a node that died with it. */
  readonly ttlMs: number;
}

/**
 * Work that one node does for all that share the database. It is what two nodes may do at the same
 * time for a moment without harm: nothing is fenced.
 */
export class Duty {
  readonly #options: DutyOptions;

  constructor(options: DutyOptions) {
    this.#options = options;
  }

  /** Takes the duty, or keeps it for longer. @returns whether it is this node's */
  async take(): Promise<boolean> {
    const { database, name, nodeId, ttlMs } = this.#options;
    if (database.dialect.exclusive) return true;
    const now = Date.now();
    const row = await database.write((tx) =>
      tx
        .insertInto("duty")
        .values({ name, node: nodeId, expires_at: now + ttlMs })
        .onConflict((conflict) =>
          conflict
            .column("name")
            .doUpdateSet((eb) => ({
              node: eb.ref("excluded.node"),
              expires_at: eb.ref("excluded.expires_at"),
            }))
            .where((eb) =>
              eb.or([
                eb("duty.node", "=", eb.ref("excluded.node")),
                eb("duty.expires_at", "<", now),
              ]),
            ),
        )
        .returning("node")
        .executeTakeFirst(),
    );
    return row?.node === nodeId;
  }

  /** Leaves it to the next node that asks. */
  async release(): Promise<void> {
    const { database, name, nodeId } = this.#options;
    if (database.dialect.exclusive) return;
    await database.write((tx) =>
      tx.deleteFrom("duty").where("name", "=", name).where("node", "=", nodeId).execute(),
    );
  }
}
