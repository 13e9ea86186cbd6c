import type { Selectable } from "kysely";
import type { Database } from "../database/database.ts";
import type { MediaRow } from "../database/schema.ts";
import type { Transaction } from "../database/transaction.ts";
import { incomingMediaOf } from "../event/incoming-media-of.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import { safeFileName } from "./file-name.ts";

export type MediaRecord = Selectable<MediaRow>;

/** What is known of the media that came in. */
export class MediaRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Remembers the media of new events, in their transaction. */
  async note(tx: Transaction, events: readonly JournalEvent[]): Promise<void> {
    const rows = events.flatMap((event) =>
      incomingMediaOf(event).map((medium) => ({
        instance_id: event.instanceId,
        media_id: medium.id,
        mime_type: medium.mimeType,
        size: medium.size,
        file_name: safeFileName(medium.fileName),
        hash: null,
        at: Date.now(),
      })),
    );
    for (const row of rows) {
      await tx
        .insertInto("media")
        .values(row)
        .onConflict((conflict) => conflict.columns(["instance_id", "media_id"]).doNothing())
        .execute();
    }
  }

  find(instanceId: string, mediaId: string): Promise<MediaRecord | undefined> {
    return this.#database.queries
      .selectFrom("media")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .where("media_id", "=", mediaId)
      .executeTakeFirst();
  }

  /** The medium is kept from now on. */
  async keep(record: MediaRecord): Promise<void> {
    await this.#database.write((tx) =>
      tx
        .insertInto("media")
        .values(record)
        .onConflict((conflict) =>
          conflict.columns(["instance_id", "media_id"]).doUpdateSet({
            mime_type: record.mime_type,
            size: record.size,
            hash: record.hash,
            at: record.at,
          }),
        )
        .execute(),
    );
  }

  /** Of these blobs, the ones that are kept for a medium. */
  async kept(hashes: readonly string[]): Promise<string[]> {
    const rows = await this.#database.queries
      .selectFrom("media")
      .select("hash")
      .distinct()
      .where("hash", "in", hashes)
      .execute();
    return rows.flatMap(({ hash }) => hash ?? []);
  }
}
