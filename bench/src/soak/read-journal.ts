import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Tally } from "./tally.ts";

/** Answers of one platform that have an error, of one kind. */
export interface AnswerError {
  readonly provider: string;
  readonly status: string;
  readonly error: string;
  readonly count: number;
}

const MAX_KINDS = 20;

/**
 * Counts what stands in the journal and in the outbox of a data directory that nobody uses any more.
 * @returns answers that the outbox has an error of
 */
export function readJournal(dataDir: string, tally: Tally): readonly AnswerError[] {
  const database = new DatabaseSync(join(dataDir, "orquesta.sqlite"), { readOnly: true });
  const events = database.prepare("select data from event where name = 'message.received'");
  for (const { data } of events.iterate()) {
    tally.count("journaled", textOf(JSON.parse(String(data)).message.content));
  }
  const outbox =
    database.prepare(`select provider, outbox.status, content, error_code, error_message from outbox
     join instance on instance.id = outbox.instance_id`);
  const errors = new Map<string, AnswerError>();
  for (const row of outbox.iterate()) {
    const { provider, status, content, error_code, error_message } = row;
    tally.count("accepted", textOf(JSON.parse(String(content))), String(status));
    if (error_code === null) continue;
    const key = `${provider} ${status} ${error_code}`;
    const count = (errors.get(key)?.count ?? 0) + 1;
    if (count === 1 && errors.size >= MAX_KINDS) continue;
    const error = `${error_code}, ${error_message}`;
    errors.set(key, { provider: String(provider), status: String(status), error, count });
  }
  database.close();
  return [...errors.values()];
}

function textOf(content: { readonly text?: string; readonly caption?: string | null }) {
  return content.text ?? content.caption;
}
