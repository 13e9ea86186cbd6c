import type { Kysely, Transaction as KyselyTransaction } from "kysely";
import type { Schema } from "./schema.ts";

export type Transaction = KyselyTransaction<Schema>;

/** For reads: inside or outside of a transaction. */
export type Queries = Kysely<Schema> | Transaction;
