import type { Database } from "../database/database.ts";

const ROWS_AT_A_TIME = 50;

/** Lets go of the media that were kept longest while all of them together are too large. */
export class MediaBudget {
  readonly name = "mediaBytes";
  readonly #database: Database;
  readonly #maxBytes: number;

  constructor(database: Database, maxBytes: number) {
    this.#database = database;
    this.#maxBytes = maxBytes;
  }

  async *pieces(): AsyncGenerator<number> {
    if (this.#maxBytes === Number.POSITIVE_INFINITY) return;
    for (;;) {
      const excess = (await this.#total()) - this.#maxBytes;
      if (excess <= 0) return;
      yield await this.#forgetOldest(excess);
    }
  }

  async #total(): Promise<number> {
    const row = await this.#database.queries
      .selectFrom("media")
      .select((eb) => eb.fn.sum("size").as("bytes"))
      .where("hash", "is not", null)
      .executeTakeFirst();
    return Number(row?.bytes ?? 0);
  }

  /** As many as are too many; they can be fetched again while the platform has them. */
  #forgetOldest(excess: number): Promise<number> {
    return this.#database.write(async (tx) => {
      const oldest = await tx
        .selectFrom("media")
        .select(["instance_id", "media_id", "size"])
        .where("hash", "is not", null)
        .orderBy("at")
        .limit(ROWS_AT_A_TIME)
        .execute();
      let [forgotten, freed] = [0, 0];
      for (const { instance_id, media_id, size } of oldest) {
        if (freed >= excess) break;
        await tx
          .updateTable("media")
          .set({ hash: null })
          .where("instance_id", "=", instance_id)
          .where("media_id", "=", media_id)
          .execute();
        freed += size ?? 0;
        forgotten += 1;
      }
      return forgotten;
    });
  }
}
