import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { createEngineTables } from "./0001-engine.ts";
import { createSessionArchive } from "./0002-session-archive.ts";
import { addDelivery } from "./0003-delivery.ts";
import { addEventPositions } from "./0004-event-positions.ts";
import { addKeyExpiry } from "./0005-key-expiry.ts";
import { prepareRetention } from "./0006-retention.ts";
import { createBotSessions } from "./0007-bot-session.ts";
import { createMedia } from "./0008-media.ts";
import { createOpenMenus } from "./0009-open-menu.ts";
import { addPacing } from "./0010-pacing.ts";
import { createPolls } from "./0011-poll.ts";
import { addSentIds } from "./0012-sent-ids.ts";

/** In order of their names; a landed migration is never edited. */
export function createMigrations(dialect: DatabaseDialect): Record<string, Migration> {
  const up = (
    change: (db: Kysely<Schema>, dialect: DatabaseDialect) => Promise<void>,
  ): Migration => ({
    up: (db: Kysely<Schema>) => change(db, dialect),
  });
  return {
    "0001_engine": up(createEngineTables),
    "0002_session_archive": up(createSessionArchive),
    "0003_delivery": up(addDelivery),
    "0004_event_positions": up(addEventPositions),
    "0005_key_expiry": up(addKeyExpiry),
    "0006_retention": up(prepareRetention),
    "0007_bot_session": up(createBotSessions),
    "0008_media": up(createMedia),
    "0009_open_menu": up(createOpenMenus),
    "0010_pacing": up(addPacing),
    "0011_poll": up(createPolls),
    "0012_sent_ids": up(addSentIds),
  };
}
