import { OrquestaError } from "../error/orquesta-error.ts";
import { BEFORE_ALL_IDS, lowestIdAt, timeOfId } from "../journal/event-ids.ts";
import { COMMIT_SPREAD_MS, type Position } from "./position.ts";
import type { StoredEvents } from "./stored-events.ts";

export interface Start {
  readonly position: Position;
  /** Where it is about one instance: of the last event before it. */
  readonly number: number;
  /** Where it is about all: of the last event before it. */
  readonly id: string;
}

/**
 * Behind an event of one instance, by number or by id; 0 is before the first.
 * @throws INSTANCE_NOT_FOUND, EVENTS_EXPIRED
 */
export async function startInInstance(
  events: StoredEvents,
  instanceId: string,
  after: number | string,
): Promise<Start> {
  const { head, erasedId } = await events.instance(instanceId);
  const row =
    typeof after === "string"
      ? await events.find(after)
      : await events.findNumber(instanceId, after);
  const isLast = after === head;
  const isFirst = after === 0 && erasedId === null;
  const isKept =
    row !== null && row.instance_id === instanceId && (erasedId === null || erasedId < row.id);
  if (!isLast && !isFirst && !isKept) throw expired();
  const number = typeof after === "number" ? after : (row?.number ?? head);
  const covers = (event: { readonly number: number }) => event.number <= number;
  const id = row?.id ?? BEFORE_ALL_IDS;
  return { number, id, position: { covers, afterId: id, lastId: null } };
}

/**
 * Behind an event of any instance. Ids are positions: the event itself may be gone with its instance.
 * Where several nodes write, it begins a little before, so that nothing which was seen late is missed.
 * @throws EVENTS_EXPIRED
 */
export async function startInAll(events: StoredEvents, after: string): Promise<Start> {
  const [newestId, erasedId, row] = await Promise.all([
    events.newestId(),
    events.newestErasedId(),
    events.find(after),
  ]);
  const isAhead = row === null && timeOfId(after) > timeNow(newestId) + COMMIT_SPREAD_MS;
  if (isAhead || (erasedId !== null && after < erasedId)) throw expired();
  const afterId = events.haveOneWriter ? after : lowestIdAt(timeOfId(after) - COMMIT_SPREAD_MS);
  const position: Position = {
    covers: ({ id, instanceId, number }) =>
      id <= afterId || (row?.instance_id === instanceId && number <= row.number),
    afterId,
    lastId: null,
  };
  return { number: 0, id: after, position };
}

function timeNow(newestId: string | null): number {
  return Math.max(Date.now(), newestId === null ? 0 : timeOfId(newestId));
}

function expired(): OrquestaError {
  return new OrquestaError(
    "EVENTS_EXPIRED",
    "events behind this position are not kept any more, or it is no position of this journal",
  );
}
