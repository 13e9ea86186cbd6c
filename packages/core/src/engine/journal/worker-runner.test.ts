import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { silentLogger } from "../../index.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { LoneJournal } from "../../testing/harness/lone-journal.ts";
import type { Outcome, Task, Worker } from "./worker.ts";
import { WorkerRunner } from "./worker-runner.ts";

/** Does tasks at random speed, fails at random, and writes down what it did. */
class RandomWorker implements Worker {
  readonly name = "random";
  readonly limits: Worker["limits"];
  /** Numbers by lane, as they were done. */
  readonly done = new Map<string, number[]>();
  readonly running = new Map<string, number>();
  overlaps = 0;
  failureRate = 0;
  /** Tasks that are lost when they are put aside: there have to be none. */
  readonly repeats = new Map<string, number>();

  constructor(startsAreDurable: boolean) {
    // Many tries: a model in which nothing may be put aside.
    const backoffMs = Array.from({ length: 500 }, () => 0);
    this.limits = { concurrency: 5, timeoutMs: 2_000_000_000, backoffMs, startsAreDurable };
  }

  plan(events: Parameters<Worker["plan"]>[0]): ReturnType<Worker["plan"]> {
    return events.map((event) => ({ event, target: event.instanceId, lane: event.chatId ?? "" }));
  }

  async run({ lane, event, attempt }: Task, signal: AbortSignal): Promise<Outcome> {
    const running = (this.running.get(lane) ?? 0) + 1;
    this.running.set(lane, running);
    if (running > 1) this.overlaps += 1;
    await quiet(Math.floor(Math.random() * 3));
    this.running.set(lane, running - 1);
    if (signal.aborted) throw new Error("aborted");
    if (Math.random() < this.failureRate) return { state: "retry", error: "bad luck" };
    const done = this.done.get(lane) ?? [];
    // What comes again after a restart may have been done before; it must not skip anything.
    if (done.includes(event.number)) this.repeats.set(lane, attempt);
    else done.push(event.number);
    this.done.set(lane, done);
    return { state: "done" };
  }

  get total(): number {
    return [...this.done.values()].reduce((sum, { length }) => sum + length, 0);
  }
}

async function run({ database, journal }: LoneJournal, worker: Worker): Promise<WorkerRunner> {
  const runner = new WorkerRunner({
    worker,
    journal,
    database,
    logger: silentLogger,
    from: "beginning",
    onParked: () => {},
    onOverrun: () => {},
  });
  await runner.register();
  await runner.own(["a"]);
  return runner;
}

// Failures in a row make a group pause for seconds: the test moves these timers.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

it.each([
  [true, 0],
  [true, 0.2],
  [false, 0.2],
  [false, 0.5],
])(
  "tasks of each lane are done in order and completely, through failures and restarts (durable starts %s, failures %d)",
  async (durable, rate) => {
    await using lone = await LoneJournal.open(["a"]);
    const worker = new RandomWorker(durable);
    worker.failureRate = rate;
    const expected = new Map<string, number[]>();
    let number = 0;
    let runner = await run(lone, worker);
    for (let round = 0; round < 25; round += 1) {
      const size = Math.floor(Math.random() * (round % 5 === 0 ? 500 : 20));
      // One lane is flooded, the others are not.
      const lanes = Array.from({ length: size }, () => {
        return `${Math.random() < 0.5 ? 0 : Math.floor(Math.random() * 12)}`;
      });
      for (const lane of lanes) {
        number += 1;
        expected.set(lane, [...(expected.get(lane) ?? []), number]);
      }
      await lone.append("a", ...lanes.map((lane) => `${lane}/x`));
      await quiet(Math.floor(Math.random() * 20));
      if (Math.random() < 0.3) {
        await runner.close();
        runner = await run(lone, worker);
      }
    }
    worker.failureRate = 0;
    await eventually(async () => {
      await vi.advanceTimersByTimeAsync(1000);
      return worker.total === number;
    }, "every task");
    expect(worker.overlaps).toBe(0);
    expect(Object.fromEntries(worker.done)).toEqual(Object.fromEntries(expected));
    // Also what is done again after the last restart.
    await eventually(async () => {
      await vi.advanceTimersByTimeAsync(1000);
      const tasks = lone.database.queries.selectFrom("task").select("state");
      return (await tasks.where("state", "!=", "done").execute()).length === 0;
    }, "an empty task table");
    await runner.close();
  },
  30_000,
);
