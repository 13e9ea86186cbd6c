import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { createEngineTables } from "./0001-engine.ts";
import { indexEventTime } from "./0002-event-time.ts";
import { createSessionArchive } from "./0003-session-archive.ts";
import { addDelivery } from "./0004-delivery.ts";
import { addEventPositions } from "./0005-event-positions.ts";
import { addKeyExpiry } from "./0006-keys-and-logs.ts";
import { prepareRetention } from "./0007-retention.ts";
import { createBotSessions } from "./0009-bot-session.ts";

/** In order of their names; a landed migration is never edited. */
export function createMigrations(dialect: DatabaseDialect): Record<string, Migration> {
  const up = (
    change: (db: Kysely<Schema>, dialect: DatabaseDialect) => Promise<void>,
  ): Migration => ({
    up: (db: Kysely<Schema>) => change(db, dialect),
  });
  return {
    "0001_engine": up(createEngineTables),
    "0002_event_time": up(indexEventTime),
    "0003_session_archive": up(createSessionArchive),
    "0004_delivery": up(addDelivery),
    "0005_event_positions": up(addEventPositions),
    "0006_keys_and_logs": up(addKeyExpiry),
    "0007_retention": up(prepareRetention),
    "0009_bot_session": up(createBotSessions),
  };
}
