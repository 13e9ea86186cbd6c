import { describe, expect, it } from "vitest";
import { quiet } from "../../testing/harness/eventually.ts";
import { LoneJournal } from "../../testing/harness/lone-journal.ts";

describe("the write queue", () => {
  it("runs writes in the order they were asked for, and one that fails alone", async () => {
    await using lone = await LoneJournal.open(["a"]);
    const rename = (name: string) =>
      lone.database.write((tx) => tx.updateTable("instance").set({ name }).execute());
    const fail = (error: Error) =>
      lone.database.write(async (tx) => {
        await tx.updateTable("instance").set({ name: "never" }).execute();
        throw error;
      });
    const results = await Promise.allSettled([
      rename("1"),
      fail(new Error("mine")),
      rename("2"),
      fail(new Error("mine too")),
      rename("3"),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(results[1]).toMatchObject({
      reason: { code: "DATABASE_FAILED", cause: { message: "mine" } },
    });
    const rows = await lone.database.queries.selectFrom("instance").select("name").execute();
    expect(rows).toEqual([{ name: "3" }]);
  });

  it("finishes what was asked for before it closes, and refuses what comes later", async () => {
    const lone = await LoneJournal.open(["a"]);
    const done: number[] = [];
    for (let n = 0; n < 600; n += 1) void lone.database.write(async () => done.push(n));
    await lone.database.close();
    expect(done).toHaveLength(600);
    await expect(lone.database.write(async () => 1)).rejects.toMatchObject({
      code: "MANAGER_CLOSED",
    });
    await quiet();
  });
});
