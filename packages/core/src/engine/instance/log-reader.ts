import { setImmediate } from "node:timers/promises";
import type { z } from "zod";
import type { Database } from "../database/database.ts";
import type { LogLine } from "./instance-view.ts";
import { LOG_LEVELS, type LogPage, type logQuerySchema } from "./log-query.ts";

type Query = z.output<typeof logQuerySchema>;

interface Row {
  readonly seq: number;
  readonly at: number;
  readonly level: string;
  readonly source: string;
  readonly message: string;
}

const ROWS_AT_A_TIME = 1000;

/** Reads the lines of one instance that are stored. */
export async function readLog(
  database: Database,
  instanceId: string,
  query: Query,
): Promise<LogPage> {
  return query.search === undefined
    ? readLast(database, instanceId, query)
    : searchLog(database, instanceId, query, query.search);
}

async function readLast(database: Database, instanceId: string, query: Query): Promise<LogPage> {
  const matching = select(database, instanceId, query);
  const rows = await matching.selectAll().orderBy("seq", "desc").limit(query.tail).execute();
  const { count } = await matching
    .select((eb) => eb.fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  return { lines: rows.reverse().map(toLine), total: Number(count) };
}

/**
 * Compares texts here and not in SQL: the databases differ in what upper and lower case are, and none
 * of them has to be told which signs are no pattern. In pieces, so that a long log delays nobody.
 */
async function searchLog(
  database: Database,
  instanceId: string,
  query: Query,
  search: string,
): Promise<LogPage> {
  const wanted = search.toLowerCase();
  const found: Row[] = [];
  let total = 0;
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows: Row[] = await select(database, instanceId, query)
      .selectAll()
      .where("seq", "<", before)
      .orderBy("seq", "desc")
      .limit(ROWS_AT_A_TIME)
      .execute();
    for (const row of rows) {
      if (!row.message.toLowerCase().includes(wanted)) continue;
      total += 1;
      if (found.length < query.tail) found.push(row);
    }
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_A_TIME) break;
    before = last.seq;
    await setImmediate();
  }
  return { lines: found.reverse().map(toLine), total };
}

function select(database: Database, instanceId: string, { level, from, to, source }: Query) {
  let rows = database.queries.selectFrom("instance_log").where("instance_id", "=", instanceId);
  if (level) rows = rows.where("level", "in", LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)));
  if (from) rows = rows.where("at", ">=", from.getTime());
  if (to) rows = rows.where("at", "<=", to.getTime());
  if (source !== undefined) rows = rows.where("source", "=", source);
  return rows;
}

function toLine({ at, level, message, source }: Row): LogLine {
  return {
    at: new Date(at).toISOString(),
    level: LOG_LEVELS.find((known) => known === level) ?? "info",
    message,
    source,
  };
}
