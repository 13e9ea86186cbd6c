import type { Subject } from "./subject.ts";

const SETTLE_MS = 3000;
const SAMPLES = 5;

/** Heap after a collection for each idle account, bytes: the median of five samples, accounts paired one after the other. */
export async function measureIdleHeap(
  subject: Subject,
  prefix: string,
  accounts: number,
): Promise<number> {
  await subject.pair(`${prefix}0000`);
  const before = await medianHeap(subject);
  for (let account = 1; account <= accounts; account += 1) {
    await subject.pair(`${prefix}${String(account).padStart(4, "0")}`);
  }
  return ((await medianHeap(subject)) - before) / accounts;
}

async function medianHeap(subject: Subject): Promise<number> {
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    samples.push((await subject.measure()).heapBytes);
  }
  return samples.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? 0;
}
