import type { LIDMapping } from "@whiskeysockets/baileys";
import { BoundedMap } from "../shared/bounded-map/bounded-map.ts";

export type LidLookup = (phoneJids: string[]) => Promise<LIDMapping[] | undefined>;

const TIMEOUT_MS = 5_000;
const UNKNOWN_FOR_MS = 600_000;
const FAILED_FOR_MS = 30_000;

/**
 * Asks the server for LIDs, but not again and again.
 *
 * Baileys never remembers that a number has no LID: every message of such a contact costs three
 * queries. And it may ask in the middle of a Signal operation, where a silent server must not keep
 * the locks for a minute. So "none" is remembered for a while, and a query has little time.
 */
export function rememberUnknownLids(lookup: LidLookup): LidLookup {
  const unknownUntil = new BoundedMap<string, number>(1_000);
  return async (phoneJids) => {
    const now = Date.now();
    const wanted = phoneJids.filter((jid) => (unknownUntil.get(jid) ?? 0) <= now);
    if (wanted.length === 0) return [];
    const found = await withTimeout(lookup(wanted));
    const known = new Set(found?.map(({ pn }) => pn));
    const until = now + (found === undefined ? FAILED_FOR_MS : UNKNOWN_FOR_MS);
    for (const jid of wanted) if (!known.has(jid)) unknownUntil.set(jid, until);
    return found ?? [];
  };
}

async function withTimeout<T>(promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, TIMEOUT_MS, undefined);
  try {
    return await Promise.race([promise, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
