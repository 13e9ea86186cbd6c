import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Tally } from "./tally.ts";

/** Counts what stands in the journal and in the outbox of a data directory that nobody uses any more. */
export function readJournal(dataDir: string, tally: Tally): void {
  const database = new DatabaseSync(join(dataDir, "orquesta.sqlite"), { readOnly: true });
  const events = database.prepare("select data from event where name = 'message.received'");
  for (const { data } of events.iterate()) {
    tally.count("journaled", textOf(JSON.parse(String(data)).message.content));
  }
  const outbox = database.prepare("select status, content from outbox");
  for (const { status, content } of outbox.iterate()) {
    tally.count("accepted", textOf(JSON.parse(String(content))), String(status));
  }
  database.close();
}

function textOf(content: { readonly text?: string; readonly caption?: string | null }) {
  return content.text ?? content.caption;
}
