import { expect, test } from "vitest";
import { growthOfSecondHalf } from "./growth.ts";

const minutes = (length: number, of: (at: number) => number) =>
  Array.from({ length }, (_, at) => ({ at, value: of(at) }));

test("what grows evenly grows by its share of the second half", () => {
  expect(growthOfSecondHalf(minutes(61, (at) => 70 + at))).toBeCloseTo(0.3, 5);
});

test("what warms up first and then stays does not grow", () => {
  expect(growthOfSecondHalf(minutes(61, (at) => Math.min(40 + at, 70)))).toBe(0);
});

test("a peak now and then is no growth", () => {
  const growth = growthOfSecondHalf(minutes(60, (at) => (at % 7 === 0 ? 140 : 70 + (at % 3) / 10)));
  expect(Math.abs(growth)).toBeLessThan(0.005);
});

test("too few samples tell nothing", () => {
  expect(growthOfSecondHalf(minutes(4, () => 70))).toBeNaN();
});
