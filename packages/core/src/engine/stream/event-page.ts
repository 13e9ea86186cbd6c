import type { JournalEvent } from "../event/instance-event.ts";
import { BEFORE_ALL_IDS, lowestIdAt } from "../journal/event-ids.ts";
import { fromRow } from "../journal/event-row.ts";
import type { EventFilter } from "./event-filter.ts";
import { COMMIT_SPREAD_MS } from "./position.ts";
import type { Start } from "./start-position.ts";
import type { StoredEvent, StoredEvents } from "./stored-events.ts";

export interface EventPage {
  readonly events: readonly JournalEvent[];
  /** What to read on after: also when no event was found this far. Null at the beginning of nothing. */
  readonly next: number | string | null;
  /** Whether there is more to read at once. */
  readonly hasMore: boolean;
}

export interface PageRequest {
  readonly instanceId: string | null;
  readonly filter: EventFilter;
  readonly limit: number;
  /** Null: the first event that is kept. */
  readonly start: Start | null;
}

const ROWS_AT_A_TIME = 500;
/** A filter that lets little pass must not keep a page from being answered. */
const MAX_ROWS = 5000;

/** Reads on in the journal until the page is full. */
export async function readPage(events: StoredEvents, request: PageRequest): Promise<EventPage> {
  const { instanceId, filter, limit, start } = request;
  // What several nodes write is in the order of ids only when it has settled.
  const lastId = events.haveOneWriter ? null : lowestIdAt(Date.now() - COMMIT_SPREAD_MS);
  const found: JournalEvent[] = [];
  let number = start?.number ?? 0;
  let id = start?.id ?? BEFORE_ALL_IDS;
  let last: StoredEvent | null = null;
  for (let seen = 0; seen < MAX_ROWS; ) {
    const rows: StoredEvent[] =
      instanceId === null
        ? await events.ofAll(id, lastId, ROWS_AT_A_TIME)
        : await events.ofInstance(instanceId, number, ROWS_AT_A_TIME);
    for (const row of rows) {
      if (found.length === limit) return pageOf(found, last, request, true);
      last = row;
      if (filter.passes(row.name, row.company_id)) found.push(fromRow(row));
    }
    if (rows.length < ROWS_AT_A_TIME || !last) return pageOf(found, last, request, false);
    seen += rows.length;
    ({ id, number } = last);
  }
  return pageOf(found, last, request, true);
}

function pageOf(
  events: readonly JournalEvent[],
  last: StoredEvent | null,
  { instanceId, start }: PageRequest,
  hasMore: boolean,
): EventPage {
  if (last) return { events, hasMore, next: instanceId === null ? last.id : last.number };
  if (!start) return { events, hasMore, next: instanceId === null ? null : 0 };
  return { events, hasMore, next: instanceId === null ? start.id : start.number };
}
