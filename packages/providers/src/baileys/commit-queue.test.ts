import { type Change, OrquestaError } from "@orquesta/core";
import { expect, test, vi } from "vitest";
import { CommitQueue, type PendingKey } from "./commit-queue.ts";

function key(id: string, value: number): PendingKey {
  const bytes = Uint8Array.of(value);
  return {
    type: "session",
    id,
    value: bytes,
    toChange: () => ({ type: "session", id, value: bytes }),
  };
}

function setUp() {
  const commits: { readonly change: Change; readonly done: PromiseWithResolvers<void> }[] = [];
  const holds: Promise<void>[] = [];
  const onFailure = vi.fn();
  const queue = new CommitQueue({
    commit: (change) => {
      const done = Promise.withResolvers<void>();
      commits.push({ change, done });
      return done.promise;
    },
    hold: (durable) => void holds.push(durable),
    onFailure,
  });
  return { queue, commits, holds, onFailure };
}

test("what comes during a commit is one further commit, with the newest value of each key", async () => {
  const { queue, commits } = setUp();
  await queue.add([key("a", 1)], []);
  await expect.poll(() => commits.length).toBe(1);
  await queue.add([key("a", 2)], []);
  await queue.add([key("a", 3), key("b", 1)], []);
  expect(queue.pending("session", "a")?.value).toEqual(Uint8Array.of(3));
  expect(commits).toHaveLength(1);
  commits[0]?.done.resolve();
  await expect.poll(() => commits.length).toBe(2);
  expect(commits[1]?.change.keys).toMatchObject([
    { id: "a", value: Uint8Array.of(3) },
    { id: "b", value: Uint8Array.of(1) },
  ]);
  commits[1]?.done.resolve();
  await queue.flush();
  expect(queue.pending("session", "a")).toBeUndefined();
});

test("after a failed commit nothing more is stored: the ratchet must not pass the journal", async () => {
  const { queue, commits, holds, onFailure } = setUp();
  await queue.add([key("a", 1)], []);
  await expect.poll(() => commits.length).toBe(1);
  await queue.add([key("a", 2)], []);
  const cause = new OrquestaError("DATABASE_FAILED", "disk full");
  commits[0]?.done.reject(cause);
  await expect(holds[0]).rejects.toBe(cause);
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(cause);
  await expect(queue.add([key("a", 3)], [])).rejects.toMatchObject({ code: "SESSION_CLOSED" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(commits).toHaveLength(1);
});

test("whoever adds too much waits for the disk", async () => {
  const { queue, commits } = setUp();
  let added = 0;
  const adding = (async () => {
    for (; added < 40; added++) await queue.add([key(`k${added}`, added)], []);
  })();
  await expect.poll(() => commits.length).toBe(1);
  expect(added).toBeLessThan(40);
  for (let next = 0; added < 40; next++) {
    await expect.poll(() => commits.length).toBeGreaterThan(next);
    commits[next]?.done.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await adding;
});
