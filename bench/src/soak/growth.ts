export interface Point {
  readonly at: number;
  readonly value: number;
}

/**
 * By how much a line through the second half of the points rises over its length, as a share of where it
 * begins: 0.02 = 2 percent. The line is that of Theil and Sen: its slope is the median of those between
 * all pairs, so that up to a quarter of the samples may be anything.
 * @returns NaN for fewer than three points in that half
 */
export function growthOfSecondHalf(points: readonly Point[]): number {
  const half = points.slice(Math.floor(points.length / 2));
  const [first] = half;
  const last = half.at(-1);
  if (half.length < 3 || !first || !last) return Number.NaN;
  const slopes = half.flatMap((one, index) =>
    half.slice(index + 1).map((other) => (other.value - one.value) / (other.at - one.at)),
  );
  const slope = median(slopes);
  const start = median(half.map(({ at, value }) => value - slope * (at - first.at)));
  return (slope * (last.at - first.at)) / start;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
