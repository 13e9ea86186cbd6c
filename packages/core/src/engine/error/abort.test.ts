import { setImmediate } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { waitFor } from "./abort.ts";

const unheard: unknown[] = [];
const hear = (reason: unknown) => unheard.push(reason);
const others = process.listeners("unhandledRejection");

afterEach(() => {
  process.off("unhandledRejection", hear);
  for (const other of others) process.on("unhandledRejection", other);
});

it("what ends after nobody waits for it any more disturbs nobody, also when nobody ever did", async () => {
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", hear);
  const before = Promise.withResolvers<void>();
  const signal = AbortSignal.abort();
  await expect(waitFor(before.promise, "it", { signal })).rejects.toMatchObject({
    code: "ABORTED",
  });
  const late = Promise.withResolvers<void>();
  await expect(waitFor(late.promise, "it", { timeoutMs: 1 })).rejects.toMatchObject({
    code: "TIMED_OUT",
  });
  before.reject(new Error("too late"));
  late.reject(new Error("too late"));
  await setImmediate();
  await setImmediate();
  expect(unheard).toEqual([]);
});
