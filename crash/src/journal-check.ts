import { join } from "node:path";
import Database from "better-sqlite3";

interface Fault {
  readonly what: string;
  readonly count: number;
}

/** What must not be in any data directory, running, killed or restored: each finds rows. */
const WRONG: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: "instances whose journal has gaps, or does not end where it says",
    sql: `select 1 from instance left join event on event.instance_id = instance.id
      group by instance.id
      having count(event.number) <> instance.head or coalesce(max(event.number), 0) <> instance.head`,
  },
  {
    what: "messages that are sent without a word in the journal",
    sql: `select 1 from outbox where sent_at is not null and id not in
      (select json_extract(data, '$.outboxId') from event
       where name = 'message.sent' and instance_id = outbox.instance_id)`,
  },
  {
    what: "readers that are ahead of the journal",
    sql: `select 1 from reader_cursor join instance on instance.id = reader_cursor.instance_id
      where reader_cursor.number > instance.head`,
  },
];

/** A data directory seen from outside: of an engine that runs, that is gone, or that was never there. */
export class JournalCheck {
  readonly #database: Database.Database;

  constructor(dataDir: string) {
    this.#database = new Database(join(dataDir, "orquesta.sqlite"), { readonly: true });
  }

  /** @returns what is wrong with it by itself */
  faults(): string[] {
    const found: Fault[] = WRONG.map(({ what, sql }) => ({
      what,
      count: this.#column(sql).length,
    }));
    const faults = found
      .filter(({ count }) => count > 0)
      .map(({ what, count }) => `${count} ${what}`);
    const integrity = this.#database.pragma("integrity_check", { simple: true });
    return integrity === "ok" ? faults : [...faults, `the file is damaged: ${integrity}`];
  }

  /** Ids of all events, each under its instance and number. */
  events(): ReadonlyMap<string, string> {
    const rows = this.#database
      .prepare<[], { place: string; id: string }>(
        "select instance_id || '/' || number as place, id from event",
      )
      .all();
    return new Map(rows.map(({ place, id }) => [place, id]));
  }

  /** Tasks that wait to be done. */
  pending(): number {
    return this.#column("select 1 from task where state = 'pending'").length;
  }

  dead(): number {
    return this.#column("select 1 from task where state = 'dead'").length;
  }

  /** Tasks that were done so long ago, as far as they are kept. */
  doneBefore(time: number): number {
    return this.#column(`select 1 from task where state = 'done' and finished_at < ${time}`).length;
  }

  /** Ids of the events of dead deliveries that were made again. */
  redelivered(): readonly string[] {
    return this.#column(
      `select distinct event.id from task join event
       on event.instance_id = task.instance_id and event.number = task.number
       where task.state = 'redelivered'`,
    ).map(String);
  }

  close(): void {
    this.#database.close();
  }

  #column(sql: string): unknown[] {
    return this.#database.prepare(sql).pluck().all();
  }
}
