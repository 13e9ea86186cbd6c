import { expect, it, vi } from "vitest";
import { silentLogger } from "../../index.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { LoneJournal } from "../../testing/harness/lone-journal.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import { Reader } from "./reader.ts";

interface Followed {
  readonly reader: Reader<readonly JournalEvent[]>;
  /** Numbers by instance, as they were committed. */
  readonly seen: Map<string, number[]>;
  readonly parked: string[];
}

async function follow(
  { database, journal }: LoneJournal,
  refuse: (event: JournalEvent) => boolean = () => false,
  from: "end" | "beginning" = "beginning",
): Promise<Followed> {
  const seen = new Map<string, number[]>();
  const parked: string[] = [];
  const reader = new Reader<readonly JournalEvent[]>({
    reading: {
      name: "test",
      concerns: () => true,
      async apply(_tx, events) {
        if (events.some(refuse)) throw new Error("cannot apply");
        return events;
      },
      committed(events) {
        for (const { instanceId, number } of events) {
          seen.set(instanceId, [...(seen.get(instanceId) ?? []), number]);
        }
      },
    },
    database,
    journal,
    logger: silentLogger,
    from,
    onParked: (instanceId, number) => parked.push(`${instanceId} ${number}`),
    onOverrun: () => {},
  });
  await reader.register();
  return { reader, seen, parked };
}

function upTo(head: number): number[] {
  return Array.from({ length: head }, (_, n) => n + 1);
}

it("a reader sees every event once and in order, whatever is appended while it reads", async () => {
  const ids = ["a", "b", "c", "d"];
  await using lone = await LoneJournal.open(ids);
  for (let round = 0; round < 8; round += 1) {
    const { reader, seen } = await follow(lone);
    const heads = new Map<string, number>();
    for (const { id, head } of await lone.database.queries
      .selectFrom("instance")
      .select(["id", "head"])
      .execute()) {
      heads.set(id, head);
    }
    const began = new Map(heads);
    const owning = reader.own(ids);
    const appends: Promise<void>[] = [];
    for (let step = 0; step < 120; step += 1) {
      const id = ids[Math.floor(Math.random() * ids.length)] ?? "a";
      const size = Math.random() < 0.05 ? 900 : Math.floor(Math.random() * 4);
      heads.set(id, (heads.get(id) ?? 0) + size);
      appends.push(lone.append(id, ...Array.from({ length: size }, () => "chat/x")));
      if (Math.random() < 0.3) await quiet(Math.floor(Math.random() * 3));
    }
    await Promise.all([owning, ...appends]);
    const expected = (id: string) => upTo(heads.get(id) ?? 0).slice(began.get(id) ?? 0);
    await eventually(
      () => ids.every((id) => (seen.get(id)?.at(-1) ?? began.get(id)) === heads.get(id)),
      "the heads",
    );
    for (const id of ids) expect(seen.get(id) ?? []).toEqual(expected(id));
    await reader.close();
  }
});

it("a reader that is far behind catches up from the disk, past what it holds in memory", async () => {
  await using lone = await LoneJournal.open(["a", "b"]);
  const messages = Array.from({ length: 3000 }, () => "chat/x");
  for (let n = 0; n < 3; n += 1) await lone.append("a", ...messages);
  const { reader, seen } = await follow(lone);
  const owning = reader.own(["a", "b"]);
  // More than it keeps in memory, while it is busy with what is old.
  const flood = Array.from({ length: 3 }, () => lone.append("a", ...messages));
  await lone.append("b", "chat/quick");
  await Promise.all([owning, ...flood]);
  await eventually(() => seen.get("a")?.length === 18_000);
  expect(seen.get("a")).toEqual(upTo(18_000));
  expect(seen.get("b")).toEqual([1]);
  await reader.close();
});

it("an event that cannot be applied parks its instance alone, and is tried again later", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  try {
    await using lone = await LoneJournal.open(["good", "bad"]);
    let broken = true;
    const { reader, seen, parked } = await follow(
      lone,
      (event) => broken && event.instanceId === "bad" && event.number === 3,
    );
    await reader.own(["good", "bad"]);
    for (let n = 0; n < 5; n += 1) {
      await Promise.all([lone.append("bad", "chat/x"), lone.append("good", "chat/x")]);
    }
    await eventually(() => seen.get("good")?.length === 5 && parked.length > 0);
    await quiet();
    expect(seen.get("bad") ?? []).toEqual(upTo(2));
    expect(new Set(parked)).toEqual(new Set(["bad 3"]));
    await lone.append("good", "chat/x");
    await eventually(() => seen.get("good")?.length === 6);
    const tries = parked.length;
    await vi.advanceTimersByTimeAsync(30_001);
    await eventually(() => parked.length > tries);
    broken = false;
    await vi.advanceTimersByTimeAsync(30_001);
    await eventually(() => seen.get("bad")?.length === 5);
    expect(seen.get("bad")).toEqual(upTo(5));
    await reader.close();
  } finally {
    vi.useRealTimers();
  }
});

it("what is disowned is not read any more, and is taken up again where it stood", async () => {
  await using lone = await LoneJournal.open(["a"]);
  const { reader, seen } = await follow(lone);
  await reader.own(["a"]);
  await lone.append("a", "chat/1", "chat/2");
  await eventually(() => seen.get("a")?.length === 2);
  reader.disown("a");
  await lone.append("a", "chat/3");
  await quiet();
  expect(seen.get("a")).toEqual([1, 2]);
  await reader.own(["a"]);
  await reader.own(["a"]);
  await eventually(() => seen.get("a")?.length === 3);
  expect(seen.get("a")).toEqual([1, 2, 3]);
  await reader.close();
});
