import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { SqliteDialect } from "kysely";
import { expect, it } from "vitest";
import { type DatabaseDialect, sqliteDialect } from "../../index.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { World } from "../../testing/harness/world.ts";
import { cachingStatements } from "./statement-cache.ts";

const CHAT = "5511988887777";

/** The file's own dialect, with a hand on the connection: `limit` is what a full disk does to it. */
function limitable(path: string) {
  const connection = new BetterSqlite3(path);
  const pragma = (text: string) => connection.pragma(text, { simple: true });
  const dialect: DatabaseDialect = {
    ...sqliteDialect({ path }),
    async createKyselyDialect() {
      pragma("journal_mode = WAL");
      return new SqliteDialect({ database: cachingStatements(connection) });
    },
  };
  return {
    dialect,
    fill: () => pragma(`max_page_count = ${pragma("page_count")}`),
    free: () => pragma("max_page_count = 1000000"),
    refuseWrites: (refuse: boolean) => pragma(`query_only = ${refuse ? 1 : 0}`),
  };
}

it("a full disk stores nothing half, tells no platform that it has received, and is got over", async () => {
  await using world = new World();
  const disk = limitable(join(world.database.directory, "full.sqlite"));
  const manager = await world.open({ database: disk.dialect });
  const handled: string[] = [];
  manager.consume("bot", ({ message }) => void handled.push(message.id));
  const { instance, session } = await world.connect(manager);
  await session.receive("before", { id: "before" });
  disk.fill();
  const text = "x".repeat(50_000);
  await expect(session.receive(text, { id: "refused" })).rejects.toMatchObject({
    code: "DATABASE_FAILED",
    message: expect.stringContaining("SQLITE_FULL"),
  });
  await expect(
    manager.send(instance.id, CHAT, { type: "text", text: text.slice(0, 4000).repeat(8) }),
  ).rejects.toMatchObject({ code: "DATABASE_FAILED" });
  expect(world.platform.delivered).toEqual([]);
  disk.free();
  await session.receive(text, { id: "refused" });
  await manager.send(instance.id, CHAT, { type: "text", text: "after" }, { until: "sent" });
  await eventually(() => handled.length === 2);
  expect(handled).toEqual(["before", "refused"]);
  expect(world.platform.delivered).toHaveLength(1);
});

it("a session that is lost while the disk is full is opened again, and says why it was lost", async () => {
  await using world = new World();
  const disk = limitable(join(world.database.directory, "lost.sqlite"));
  const manager = await world.open({ database: disk.dialect });
  const { instance, session } = await world.connect(manager);
  disk.fill();
  const cause: unknown = await session.receive("x".repeat(50_000)).catch((error) => error);
  disk.refuseWrites(true);
  session.report({ state: "closed", afterwards: "reconnect", reason: "crashed", cause });
  const view = () => manager.get(instance.id);
  await eventually(async () => (await view()).status === "reconnecting");
  expect(await view()).toMatchObject({ reason: "disk_full" });
  await eventually(async () => (await view()).status === "connected");
  disk.refuseWrites(false);
  disk.free();
  expect(world.platform.session(instance.id)).not.toBe(session);
  await world.platform.session(instance.id).receive("after", { id: "after" });
});

it("a database that takes no writes is not healthy, until it does", async () => {
  await using world = new World();
  const disk = limitable(join(world.database.directory, "read-only.sqlite"));
  const manager = await world.open({ database: disk.dialect });
  await manager.checkHealth();
  disk.refuseWrites(true);
  await expect(manager.checkHealth()).rejects.toMatchObject({ code: "DATABASE_FAILED" });
  disk.refuseWrites(false);
  await manager.checkHealth();
});
