import { type CompiledQuery, type DatabaseConnection, PostgresDialect } from "kysely";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { DatabaseDialect } from "./dialect.ts";
import { storableText } from "./storable-text.ts";

export interface PostgresOptions {
  readonly url: string;
  /** Keeps several installations apart in one database. @default "orquesta" */
  readonly schema?: string;
  /** @default 8 */
  readonly maxConnections?: number;
}

const INT8 = 20;

/** Needs the optional peer `pg`. */
export function postgresDialect(options: PostgresOptions): DatabaseDialect {
  const { url, schema = "orquesta", maxConnections = 8 } = options;
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new OrquestaError("CONFIGURATION_INVALID", "the Postgres schema name is not valid");
  }
  return {
    name: "postgres",
    schema,
    bytes: "bytea",
    integer: "bigint",
    clusteredTable: null,
    exclusive: false,
    autoIncrement: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
    lock: async () => () => {},
    // Its autovacuum makes the space free for new rows.
    releaseSpace: () => 0,
    async createKyselyDialect() {
      const { default: pg } = await import("pg").catch((cause: unknown) => {
        throw new OrquestaError("CONFIGURATION_INVALID", "Postgres needs the package pg", {
          cause,
        });
      });
      const pool = new pg.Pool({
        connectionString: url,
        max: maxConnections,
        connectionTimeoutMillis: 10_000,
        options: `-c search_path=${schema}`,
        types: {
          // Our 64-bit integers are Unix ms and counters: far below 2^53.
          getTypeParser: (oid: number, format?: string) =>
            oid === INT8
              ? Number
              : pg.types.getTypeParser(oid, format === "binary" ? "binary" : "text"),
        },
      });
      // An idle connection that the server ends is replaced on the next use; unheard it would end the process.
      pool.on("error", () => {});
      return new PostgresDialect({ pool, onCreateConnection: sendStorableText });
    },
  };
}

/** Once for each connection: here every query passes, whoever made it. */
async function sendStorableText(connection: DatabaseConnection): Promise<void> {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = (query, options) => execute(withStorableText(query), options);
}

function withStorableText(query: CompiledQuery): CompiledQuery {
  const parameters = query.parameters.map((value) =>
    typeof value === "string" ? storableText(value) : value,
  );
  return { ...query, parameters };
}
