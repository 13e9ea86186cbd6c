import { expect, test } from "vitest";
import { repairSessions, type SessionRecord } from "./session-repair.ts";

function record(sessions: Record<string, { used: number; chain: number }>): SessionRecord {
  const entries = Object.entries(sessions).map(([id, { used, chain }]) => [
    id,
    { indexInfo: { used }, chain },
  ]);
  return { version: "v1", _sessions: Object.fromEntries(entries) };
}

test("sessions that were tried in vain are put back, the one that could stays", () => {
  const before = record({
    a: { used: 3, chain: 1 },
    b: { used: 2, chain: 1 },
    c: { used: 1, chain: 1 },
  });
  const after = record({
    a: { used: 3, chain: 9 },
    b: { used: 7, chain: 2 },
    c: { used: 1, chain: 1 },
  });
  expect(repairSessions(before, after)).toEqual(
    record({ a: { used: 3, chain: 1 }, b: { used: 7, chain: 2 }, c: { used: 1, chain: 1 } }),
  );
});

test("also when the clock did not move", () => {
  const before = record({ a: { used: 2, chain: 1 }, b: { used: 1, chain: 1 } });
  const after = record({ a: { used: 2, chain: 9 }, b: { used: 1, chain: 2 } });
  expect(repairSessions(before, after)).toEqual(
    record({ a: { used: 2, chain: 1 }, b: { used: 1, chain: 2 } }),
  );
});

test("nothing is touched when the first session could, or there is but one", () => {
  const before = record({ a: { used: 2, chain: 1 }, b: { used: 1, chain: 1 } });
  expect(
    repairSessions(before, record({ a: { used: 5, chain: 2 }, b: { used: 1, chain: 1 } })),
  ).toBeNull();
  expect(
    repairSessions(record({ a: { used: 2, chain: 1 } }), record({ a: { used: 5, chain: 2 } })),
  ).toBeNull();
});
