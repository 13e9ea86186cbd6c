import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { closeOnSignals } from "./close-on-signals.ts";

function setUp(close: () => Promise<void>) {
  const source = new EventEmitter();
  const exits: number[] = [];
  const failures: unknown[] = [];
  const clock = { now: 1_000 };
  closeOnSignals(close, (error) => failures.push(error), {
    // An emitter of our own: signals of the test process stay with the test runner.
    source,
    exit: (code) => exits.push(code),
    now: () => clock.now,
  });
  return { source, exits, failures, clock };
}

describe("closeOnSignals", () => {
  it.each(["SIGINT", "SIGTERM"])("closes on %s and exits with 0", async (signal) => {
    const close = vi.fn(async () => {});
    const { source, exits } = setUp(close);
    source.emit(signal);
    await vi.waitFor(() => expect(exits).toEqual([0]));
    expect(close).toHaveBeenCalledTimes(1);
  });

  it("takes quick repeats for the same wish, and a later one for impatience", () => {
    const close = vi.fn(() => new Promise<void>(() => {}));
    const { source, exits, clock } = setUp(close);
    source.emit("SIGINT");
    clock.now += 1_999;
    source.emit("SIGINT");
    source.emit("SIGTERM");
    expect(exits).toEqual([]);
    clock.now += 2;
    source.emit("SIGINT");
    expect(exits).toEqual([1]);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it("exits with 1 when closing failed, and says why", async () => {
    const { source, exits, failures } = setUp(async () => {
      throw new Error("stuck");
    });
    source.emit("SIGTERM");
    await vi.waitFor(() => expect(exits).toEqual([1]));
    expect(failures).toEqual([new Error("stuck")]);
  });
});
