import { expect, it } from "vitest";
import type { DurableEvent, JournalEvent } from "../event/instance-event.ts";
import { Breaker } from "./breaker.ts";
import type { Restriction } from "./restriction.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function journal(events: readonly DurableEvent[], now: number): JournalEvent[] {
  const occurredAt = new Date(now).toISOString();
  return events.map((event) => ({ ...event, chatId: null, occurredAt }) as JournalEvent);
}

function restrict(breaker: Breaker, id: string, now: number): readonly DurableEvent[] {
  const events = breaker.refused(id, now);
  for (const event of journal(events, now)) breaker.hear(event);
  return events;
}

function hoursOf({ restriction }: Breaker, now: number): number {
  return ((restriction as Restriction).until - now) / HOUR;
}

it("opens once, however many were under way", () => {
  const breaker = new Breaker(null);
  expect(breaker.ask("a", 0)).toBe("go");
  const events = breaker.refused("a", 0);
  expect(events).toEqual([
    {
      name: "account.restricted",
      data: { restriction: "new_chats", until: new Date(DAY).toISOString() },
    },
  ]);
  expect(breaker.refused("b", 0)).toEqual([]);
  // It could not be stored: whoever was first says it again.
  expect(breaker.refused("a", 0)).toEqual(events);
  for (const event of journal(events, 0)) breaker.hear(event);
  expect(breaker.refused("c", 1)).toEqual([]);
  expect(breaker.ask("d", DAY - 1)).toBe("refuse");
});

it("lets one message through when the time is over, and goes by what becomes of it", () => {
  const breaker = new Breaker(null);
  restrict(breaker, "a", 0);
  expect(breaker.ask("b", DAY)).toBe("go");
  expect(breaker.ask("b", DAY)).toBe("go");
  expect(breaker.ask("c", DAY)).toBe("wait");
  expect(restrict(breaker, "b", DAY)).toHaveLength(1);
  expect(hoursOf(breaker, DAY)).toBe(48);
  expect(breaker.ask("c", DAY)).toBe("refuse");
  const end = 3 * DAY;
  expect(breaker.ask("c", end)).toBe("go");
  expect(breaker.taken("known")).toEqual([]);
  const [ended] = breaker.taken("c");
  expect(ended?.name).toBe("account.unrestricted");
  for (const event of journal(ended ? [ended] : [], end)) breaker.hear(event);
  expect(breaker.ask("d", end)).toBe("go");
  restrict(breaker, "d", end);
  expect(hoursOf(breaker, end)).toBe(24);
});

it("doubles the time up to a week, and believes the platform when it says one", () => {
  const breaker = new Breaker(null);
  let now = 0;
  const hours: number[] = [];
  for (const id of ["a", "b", "c", "d", "e"]) {
    expect(breaker.ask(id, now)).toBe("go");
    restrict(breaker, id, now);
    hours.push(hoursOf(breaker, now));
    now = (breaker.restriction as Restriction).until;
  }
  expect(hours).toEqual([24, 48, 96, 168, 168]);
  const until = new Date(now + HOUR).toISOString();
  const [said] = journal(
    [{ name: "account.restricted", data: { restriction: "new_chats", until } }],
    now,
  );
  if (said) breaker.hear(said);
  expect(hoursOf(breaker, now)).toBe(1);
});

it("lets the next one through when the one let through came to nothing", () => {
  const breaker = new Breaker({ since: 0, until: 10, times: 1 });
  expect(breaker.ask("a", 20)).toBe("go");
  expect(breaker.probing).toBe(true);
  breaker.gaveUp("a");
  expect(breaker.ask("b", 20)).toBe("go");
});
