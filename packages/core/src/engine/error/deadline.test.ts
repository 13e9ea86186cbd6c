import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import { Deadline } from "./deadline.ts";

test("the time fires it, and it says so", async () => {
  const deadline = new Deadline(1);
  await vi.waitFor(() => expect(deadline.signal.aborted).toBe(true));
  expect(deadline.isMissed).toBe(true);
  expect(deadline.signal.reason).toMatchObject({ name: "TimeoutError" });
  deadline.end();
});

test("the other signal fires it with its reason, before or after it was made", () => {
  const reason = new Error("enough");
  const outer = new AbortController();
  const before = new Deadline(60_000, outer.signal);
  outer.abort(reason);
  const after = new Deadline(60_000, outer.signal);
  for (const { signal, isMissed } of [before, after]) {
    expect(signal.reason).toBe(reason);
    expect(isMissed).toBe(false);
  }
});

test("ended, or fired, it leaves no timer and no listener", () => {
  vi.useFakeTimers();
  try {
    const outer = new AbortController();
    new Deadline(60_000, outer.signal).end();
    expect(getEventListeners(outer.signal, "abort")).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    new Deadline(60_000, AbortSignal.abort());
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
