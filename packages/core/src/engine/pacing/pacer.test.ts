import { expect, it } from "vitest";
import { Pacer } from "./pacer.ts";
import { changePacing, NO_PACING } from "./pacing.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

it("leaves a gap with jitter between messages, and the time that somebody types", () => {
  const randoms = [0, 0.5, 0.999];
  const pacing = changePacing(NO_PACING, { gapMs: 1000, jitterMs: 100 });
  const pacer = new Pacer(pacing, [], () => randoms.shift() ?? 0);
  expect(pacer.takeTurn(5000, 0)).toBe(5000);
  expect(pacer.takeTurn(5000, 300)).toBe(6000);
  expect(pacer.takeTurn(5000, 0)).toBe(7350);
  expect(pacer.takeTurn(5000, 0)).toBe(8449);
  expect(pacer.takeTurn(20_000, 0)).toBe(20_000);
});

it("types as long as the text is, up to a limit", () => {
  const pacer = new Pacer(changePacing(NO_PACING, { typingMsPerCharacter: 20, maxTypingMs: 500 }));
  expect(pacer.typingMs({ type: "text", text: "x".repeat(10) })).toBe(200);
  expect(pacer.typingMs({ type: "text", text: "x".repeat(1000) })).toBe(500);
  expect(pacer.typingMs({ type: "delete", messageId: "m" })).toBe(0);
  expect(pacer.typingMs({ type: "edit", messageId: "m", text: "new" })).toBe(0);
});

it("lets so many chats be begun in any hour and any day, those from before included", () => {
  const pacing = changePacing(NO_PACING, { newChatsPerHour: 2, newChatsPerDay: 3 });
  const start = 100 * HOUR;
  const pacer = new Pacer(pacing, [start - 30 * MINUTE]);
  expect(pacer.mayBeginAt(start)).toBe(start);
  pacer.began(start);
  expect(pacer.mayBeginAt(start)).toBe(start + 30 * MINUTE);
  const later = start + 30 * MINUTE;
  expect(pacer.mayBeginAt(later)).toBe(later);
  pacer.began(later);
  expect(pacer.mayBeginAt(later)).toBe(start - 30 * MINUTE + 24 * HOUR);
});

it("begins none with a budget of 0, and any number without one", () => {
  const none = new Pacer(changePacing(NO_PACING, { newChatsPerDay: 0 }));
  expect(none.mayBeginAt(1)).toBe(Number.POSITIVE_INFINITY);
  const any = new Pacer(NO_PACING);
  for (let n = 0; n < 1000; n += 1) any.began(n);
  expect(any.mayBeginAt(1)).toBe(1);
});
