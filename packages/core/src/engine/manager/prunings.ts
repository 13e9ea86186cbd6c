import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import { EventPruning } from "../journal/event-pruning.ts";
import { BlobPruning } from "../media/blob-pruning.ts";
import type { Media } from "../media/media.ts";
import { MediaBudget } from "../media/media-budget.ts";
import { AgePruning } from "../retention/age-pruning.ts";
import type { Pruning } from "../retention/pruning.ts";
import type { Retention } from "../retention/retention-options.ts";
import type { SessionArchiveStore } from "../session-keys/session-archive-store.ts";
import type { SessionKeyStore } from "../session-keys/session-key-store.ts";

/** What is swept. */
export interface SweptRooms {
  readonly database: Database;
  readonly sessionKeys: SessionKeyStore;
  readonly archives: SessionArchiveStore;
  readonly media: Media;
}

/** Everything that does not stay for ever. Tasks come before the events that they keep. */
export function createPrunings(
  retention: Retention,
  { database, sessionKeys, archives, media }: SweptRooms,
): Pruning[] {
  const { eventsMs, eventsPerInstance, doneTasksMs, deadTasksMs } = retention;
  return [
    { name: "sessionArchives", pieces: (now) => archives.eraseExpired(now) },
    { name: "sessionKeys", pieces: (now) => sessionKeys.eraseExpired(now) },
    new AgePruning(database, {
      name: "instanceKeys",
      table: "instance_key",
      key: ["id"],
      maxAgeMs: 0,
      older: (now) => sql`expires_at < ${now}`,
    }),
    new AgePruning(database, {
      name: "openMenus",
      table: "open_menu",
      key: ["instance_id", "chat_id"],
      maxAgeMs: 0,
      older: (now) => sql`expires_at < ${now} order by expires_at`,
    }),
    new AgePruning(database, {
      name: "doneTasks",
      table: "task",
      key: ["id"],
      maxAgeMs: doneTasksMs,
      older: (before) => sql`state = 'done' and finished_at < ${before} order by finished_at`,
    }),
    new AgePruning(database, {
      name: "deadTasks",
      table: "task",
      key: ["id"],
      maxAgeMs: deadTasksMs,
      older: (before) => sql`state in ('dead', 'redelivered') and finished_at < ${before}`,
    }),
    new EventPruning({ database, maxAgeMs: eventsMs, maxPerInstance: eventsPerInstance }),
    new AgePruning(database, {
      name: "polls",
      table: "poll",
      key: ["instance_id", "chat_id", "message_id"],
      maxAgeMs: eventsMs,
      older: (before) => sql`at < ${before} order by at`,
    }),
    // After their polls.
    new AgePruning(database, {
      name: "pollVotes",
      table: "poll_vote",
      key: ["instance_id", "chat_id", "message_id", "voter_id"],
      maxAgeMs: eventsMs,
      older: (before) =>
        sql`at < ${before} and not exists (
          select 1 from poll where poll.instance_id = poll_vote.instance_id
          and poll.chat_id = poll_vote.chat_id and poll.message_id = poll_vote.message_id
        ) order by at`,
    }),
    new AgePruning(database, {
      name: "outbox",
      table: "outbox",
      key: ["seq"],
      maxAgeMs: retention.outboxMs,
      older: (before) =>
        sql`status not in ('queued', 'sending') and updated_at < ${before} order by updated_at`,
    }),
    new AgePruning(database, {
      name: "logLines",
      table: "instance_log",
      key: ["seq"],
      maxAgeMs: retention.logMs,
      older: (before) => sql`at < ${before} order by at`,
    }),
    new AgePruning(database, {
      name: "seen",
      table: "seen",
      key: ["instance_id", "hash"],
      maxAgeMs: retention.seenMs,
      older: (before) => sql`seen_at < ${before} order by seen_at`,
    }),
    new AgePruning(database, {
      name: "media",
      table: "media",
      key: ["instance_id", "media_id"],
      maxAgeMs: retention.mediaMs,
      older: (before) => sql`at < ${before} order by at`,
    }),
    new MediaBudget(database, retention.mediaBytes),
    // After what refers to them.
    new BlobPruning({ database, blobs: media.blobs, records: media.records }),
    { name: "filePages", pieces: () => releaseSpace(database) },
  ];
}

async function* releaseSpace(database: Database): AsyncGenerator<number> {
  for (;;) {
    const released = await database.write(async () => database.dialect.releaseSpace());
    yield released;
    if (released === 0) return;
  }
}
