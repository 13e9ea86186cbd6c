import type { JournalEvent } from "../event/instance-event.ts";

/** The words in which a webhook is told of events. */
export interface Shape {
  /** Whether it has words for this event. */
  tells(event: JournalEvent): boolean;
  /** Only for an event that it tells. `truncated`: to be marked as cut. */
  body(
    event: JournalEvent,
    options: { readonly provider: string; readonly truncated: boolean },
  ): object;
  /** A body that nobody takes for an event. */
  test(content: TestContent, provider: string): object;
}

export interface TestContent {
  readonly id: string;
  readonly instanceId: string;
  /** ISO 8601. */
  readonly occurredAt: string;
  readonly text: string;
}
