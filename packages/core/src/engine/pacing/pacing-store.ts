import type { Database } from "../database/database.ts";
import type { Queries } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import { type PacingChanges, parsePacing } from "./pacing.ts";

/** What instances have of their own, instead of the manager's pacing. */
export class PacingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws INSTANCE_NOT_FOUND */
  async get(instanceId: string): Promise<PacingChanges | null> {
    return parsePacing((await find(this.#database.queries, instanceId)).pacing);
  }

  /**
   * @param changes what is not named stays; null: nothing differs any more
   * @returns what differs now
   * @throws INSTANCE_NOT_FOUND, FENCE_LOST when another node runs the instance
   */
  change(
    instanceId: string,
    fence: number,
    changes: PacingChanges | null,
  ): Promise<PacingChanges | null> {
    return this.#database.write(async (tx) => {
      const row = await find(tx, instanceId);
      if (row.fence !== fence) {
        throw new OrquestaError("FENCE_LOST", "another node runs this instance");
      }
      const own = changes && { ...parsePacing(row.pacing), ...changes };
      const pacing = own && JSON.stringify(own);
      await tx
        .updateTable("instance")
        .set({ pacing, updated_at: Date.now() })
        .where("id", "=", instanceId)
        .execute();
      return parsePacing(pacing);
    });
  }
}

async function find(queries: Queries, instanceId: string) {
  const row = await queries
    .selectFrom("instance")
    .select(["pacing", "fence"])
    .where("id", "=", instanceId)
    .where("desired", "!=", "removed")
    .executeTakeFirst();
  if (row) return row;
  throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
}
