import { join } from "node:path";
import Database from "better-sqlite3";

interface Row {
  readonly status: string;
  readonly content: string;
}

/** How every answer that the engine owed ended, by its text. */
export function answerStates(dataDir: string): Map<string, string[]> {
  const database = new Database(join(dataDir, "orquesta.sqlite"), { readonly: true });
  const states = new Map<string, string[]>();
  const rows = database.prepare<[], Row>("select status, content from outbox");
  for (const { status, content } of rows.iterate()) {
    const { text }: { text?: string } = JSON.parse(content);
    states.set(text ?? "", [...(states.get(text ?? "") ?? []), status]);
  }
  database.close();
  return states;
}

/**
 * Telegram chooses the ids, so an answer whose receipt was lost is never sent again: what was shown was
 * shown once, and what was not is said to be uncertain.
 * @param shown how often each text was shown
 */
export function judgeAnswers(
  due: Iterable<string>,
  shown: ReadonlyMap<string, number>,
  states: ReadonlyMap<string, readonly string[]>,
): string[] {
  const counts = new Map<string, number>();
  const count = (fault: string) => counts.set(fault, (counts.get(fault) ?? 0) + 1);
  for (const text of due) {
    const times = shown.get(text) ?? 0;
    const [state, ...more] = states.get(text) ?? [];
    if (more.length > 0) count("answers were taken over twice");
    if (times > 1) count("answers were shown twice");
    if (state === undefined) count("answers were never taken over");
    else if (!["sent", "unconfirmed"].includes(state)) count(`answers ended as ${state}`);
    else if (times === 0 && state === "sent") count("answers are sent and were never shown");
  }
  return [...counts].map(([fault, number]) => `${number} ${fault}`);
}
