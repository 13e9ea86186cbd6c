import { join } from "node:path";
import Database from "better-sqlite3";

interface Row {
  readonly name: string;
  readonly chat_id: string;
  readonly data: string;
}

/** How often each `<account>/<peer>/<message id>` stands in the journal of a data directory that nobody uses. */
export function countJournaled(dataDir: string): Map<string, number> {
  const database = new Database(join(dataDir, "orquesta.sqlite"), { readonly: true });
  const counts = new Map<string, number>();
  const rows = database.prepare<[], Row>(
    `select instance.name, event.chat_id, event.data from event
     join instance on instance.id = event.instance_id where event.name = 'message.received'`,
  );
  for (const { name, chat_id, data } of rows.iterate()) {
    const key = `${name}/${peerOf(chat_id)}/${JSON.parse(data).message.id}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  database.close();
  return counts;
}

export function peerOf(chatId: string): string {
  return chatId.replace(/@.*$/, "");
}
