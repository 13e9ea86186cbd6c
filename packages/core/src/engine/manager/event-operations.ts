import type { EventPage } from "../stream/event-page.ts";
import type { EventStream } from "../stream/event-stream.ts";
import type { FollowEventsOptions, ReadEventsOptions } from "../stream/event-streams.ts";
import type { Engine } from "./engine.ts";

/** `manager.events`: the journal in pages and as a stream. */
export class EventOperations {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /**
   * A page of the journal: of one instance in the order of its numbers; of all (null) in the order of
   * the ids, where several nodes share the database without the last ten seconds.
   * @throws VALIDATION_FAILED, INSTANCE_NOT_FOUND; EVENTS_EXPIRED when events behind `after` are not
   *   kept any more, or nothing is known of it
   */
  async read(instanceId: string | null, options: ReadEventsOptions = {}): Promise<EventPage> {
    return (await this.#engine()).streams.read(instanceId, options);
  }

  /**
   * Follows the journal, in order per instance, as fast as it is iterated: a slow consumer costs a
   * bounded number of events in memory and holds nobody up. In one stream no event is missing and none
   * comes twice. Beginning `after` the event with the greatest id that came, nothing is missing either;
   * where several nodes share the database, events of the ten seconds before it come again, with the
   * same ids. The stream ends with the signal, with its instance and with the manager; one that is never
   * iterated has to be closed.
   * @throws VALIDATION_FAILED, INSTANCE_NOT_FOUND, EVENTS_EXPIRED as `read`; while iterating
   *   DATABASE_FAILED: follow anew from the last event
   */
  async follow(options: FollowEventsOptions = {}): Promise<EventStream> {
    return (await this.#engine()).streams.follow(options);
  }

  /** How many streams are open. */
  async openStreams(): Promise<number> {
    return (await this.#engine()).streams.count;
  }
}
