import { SinkProcess, type SinkReport } from "./sink-process.ts";
import { ToldInstance } from "./told-instance.ts";

const CHATS = 50;

export interface OutageSample {
  readonly second: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly pushed: number;
}

export interface Outage extends SinkReport {
  readonly pushed: number;
  /** From the endpoint's return until it had everything. */
  readonly drainMs: number;
  readonly dead: number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An endpoint that refuses connections for a while under even traffic, then listens again. */
export async function measureOutage(
  seconds: number,
  perSecond: number,
  onSample: (sample: OutageSample) => void,
): Promise<Outage> {
  const sink = await SinkProcess.start();
  const told = await ToldInstance.start();
  const { manager, id, session } = told;
  await manager.webhooks.add(id, { url: sink.url, shape: "instance-manager" });
  let pushed = 0;
  const push = async () => {
    await session.receive(`${pushed}`, { chatId: `551190000${pushed % CHATS}` });
    pushed += 1;
  };
  for (let n = 0; n < perSecond; n += 1) await push();
  await sink.down();
  const startedAt = performance.now();
  const total = perSecond + seconds * perSecond;
  while (pushed < total) {
    await push();
    if (pushed % (perSecond * 5) === 0) onSample(sample(startedAt, pushed));
    const due = startedAt + ((pushed - perSecond) * 1000) / perSecond;
    await pause(Math.max(0, due - performance.now()));
  }
  await sink.up();
  const upAt = performance.now();
  let report = await sink.report();
  while (report.taken - report.repeated < pushed && performance.now() - upAt < 120_000) {
    await pause(20);
    report = await sink.report();
  }
  const drainMs = performance.now() - upAt;
  onSample(sample(startedAt, pushed));
  const { deliveries } = await manager.webhooks.deliveries(id, { state: "dead" });
  await told.close();
  await sink.close();
  return { ...report, pushed, drainMs, dead: deliveries.length };
}

function sample(startedAt: number, pushed: number): OutageSample {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const second = (performance.now() - startedAt) / 1000;
  return { second, rssMiB: rss / 1_048_576, heapMiB: heapUsed / 1_048_576, pushed };
}
