import type { RawBuilder } from "kysely";
import type { Database } from "../database/database.ts";
import { erasePiece } from "../database/erase-piece.ts";
import type { Schema } from "../database/schema.ts";
import type { Pruning } from "./pruning.ts";

export interface AgePruningOptions<Table extends keyof Schema> {
  readonly name: string;
  readonly table: Table;
  /** The columns of the primary key. */
  readonly key: readonly (keyof Schema[Table] & string)[];
  /** `Infinity`: nothing is erased. */
  readonly maxAgeMs: number;
  /** The rows that are older than `before` (Unix ms), found without looking at the others. */
  older(before: number): RawBuilder<unknown>;
}

const ROWS_AT_A_TIME = 250;

/** Erases rows of one table because of their age alone. */
export class AgePruning<Table extends keyof Schema> implements Pruning {
  readonly name: string;
  readonly #database: Database;
  readonly #options: AgePruningOptions<Table>;

  constructor(database: Database, options: AgePruningOptions<Table>) {
    this.name = options.name;
    this.#database = database;
    this.#options = options;
  }

  async *pieces(now: number): AsyncGenerator<number> {
    const { table, key, maxAgeMs, older } = this.#options;
    if (maxAgeMs === Number.POSITIVE_INFINITY) return;
    const piece = { table, key, where: older(now - maxAgeMs), limit: ROWS_AT_A_TIME };
    for (;;) {
      const erased = await erasePiece(this.#database, piece);
      yield erased;
      if (erased < ROWS_AT_A_TIME) return;
    }
  }
}
