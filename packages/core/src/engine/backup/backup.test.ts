import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  createBackup,
  InstanceManager,
  type InstanceManagerOptions,
  restoreBackup,
} from "../../index.ts";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { postgresTestDatabase } from "../../testing/harness/test-database.ts";

const FILES = ["manifest.json", "orquesta.sqlite", "secret.key"];

function open(
  dataDir: string,
  options: Partial<InstanceManagerOptions> = {},
): { readonly platform: FakePlatform; readonly manager: InstanceManager } {
  const platform = new FakePlatform();
  const manager = new InstanceManager({ dataDir, ...options, providers: [platform.provider] });
  onTestFinished(() => manager.close());
  return { platform, manager };
}

function textsIn(database: string): string[] {
  const connection = new BetterSqlite3(database, { readonly: true });
  try {
    return connection
      .prepare<[], string>(
        "select data ->> '$.message.content.text' from event where name = 'message.received' order by number",
      )
      .pluck()
      .all();
  } finally {
    connection.close();
  }
}

describe("a backup", () => {
  let home: string;
  let dataDir: string;
  let backup: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "orquesta-test-"));
    dataDir = join(home, "data");
    backup = join(home, "backup");
    onTestFinished(() => rmSync(home, { recursive: true }));
  });

  async function make(): Promise<void> {
    const { manager, platform } = open(dataDir);
    const { id } = await manager.create({ provider: "fake", name: "one" });
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    await platform.session(id).receive("kept");
    await manager.storage.backup(backup);
    await manager.close();
  }

  it("under traffic has everything up to its moment; restored, it goes on without pairing", async () => {
    const { manager, platform } = open(dataDir);
    const { id } = await manager.create({ provider: "fake", settings: { token: "sealed" } });
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    const session = platform.session(id);
    await session.commit({ keys: [{ type: "creds", id: "1", value: Buffer.from("k") }] });
    let acknowledged = 0;
    let going = true;
    const traffic = (async () => {
      while (going) {
        await session.receive(String(acknowledged));
        acknowledged += 1;
      }
    })();
    await eventually(() => acknowledged >= 50);
    const before = acknowledged;
    const manifest = await manager.storage.backup(backup);
    const after = acknowledged;
    going = false;
    await traffic;
    expect(after).toBeGreaterThan(before);
    expect(readdirSync(backup).toSorted()).toEqual(FILES);
    for (const name of FILES) expect(statSync(join(backup, name)).mode & 0o777).toBe(0o600);
    expect(statSync(backup).mode & 0o777).toBe(0o700);
    expect(manifest.migrations.at(0)).toBe("0001_engine");
    expect(readdirSync(home).toSorted()).toEqual(["backup", "data"]);
    await manager.close();

    const elsewhere = join(home, "elsewhere");
    const { replaced } = await restoreBackup({ from: backup, dataDir: elsewhere });
    expect(replaced).toBeNull();
    const texts = textsIn(join(elsewhere, "orquesta.sqlite"));
    expect(texts.length).toBeGreaterThanOrEqual(before);
    expect(texts.length).toBeLessThanOrEqual(after + 1);
    expect(texts).toEqual(texts.map((_, index) => String(index)));

    const restored = open(elsewhere);
    await eventually(async () => (await restored.manager.get(id)).status === "connected");
    const resumed = restored.platform.session(id);
    expect(resumed.context.settings).toEqual({ token: "sealed" });
    expect(Buffer.from((await resumed.keys.get("creds", ["1"])).get("1") ?? []).toString()).toBe(
      "k",
    );
    await resumed.receive("goes on");
  });

  it("can be made without an engine, of what one that was killed has left", async () => {
    const { manager, platform } = open(dataDir);
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    await platform.session(id).receive("in the log of the database");
    // What a kill leaves: the database as it is, with a log that nobody has copied back.
    const left = join(home, "left");
    mkdirSync(left);
    for (const name of ["orquesta.sqlite", "orquesta.sqlite-wal", "secret.key"]) {
      writeFileSync(join(left, name), readFileSync(join(dataDir, name)));
    }
    await createBackup({ dataDir: left, to: backup, createdBy: "a test" });
    expect(textsIn(join(backup, "orquesta.sqlite"))).toEqual(["in the log of the database"]);
    expect(JSON.parse(readFileSync(join(backup, "manifest.json"), "utf8"))).toMatchObject({
      createdBy: "a test",
    });
  });

  it("takes further files along, and writes nothing over", async () => {
    await make();
    writeFileSync(join(dataDir, "keys.json"), "{}");
    const second = join(home, "second");
    await createBackup({ dataDir, to: second, files: ["keys.json", "not-there.json"] });
    expect(readdirSync(second).toSorted()).toEqual([...FILES, "keys.json"].toSorted());
    await expect(createBackup({ dataDir, to: second })).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    await expect(createBackup({ dataDir: home, to: join(home, "third") })).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    expect(readdirSync(home).toSorted()).toEqual(["backup", "data", "second"]);
  });

  it("leaves nothing when it is given up or the database is damaged", async () => {
    await make();
    const to = join(home, "second");
    const aborted = createBackup({ dataDir, to, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    writeFileSync(
      join(dataDir, "orquesta.sqlite"),
      "no database at all, but long enough".repeat(50),
    );
    await expect(createBackup({ dataDir, to })).rejects.toMatchObject({ code: "DATABASE_FAILED" });
    expect(readdirSync(home).toSorted()).toEqual(["backup", "data"]);
  });

  it("is not there for what is in memory or in Postgres", async () => {
    const inMemory = new InstanceManager({ providers: [new FakePlatform().provider] });
    onTestFinished(() => inMemory.close());
    await expect(inMemory.storage.backup(backup)).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
    });
    const url = process.env["ORQUESTA_TEST_POSTGRES_URL"];
    if (url === undefined) return;
    const postgres = postgresTestDatabase(url);
    onTestFinished(() => postgres.drop());
    const { manager } = open(dataDir, { database: postgres.dialect() });
    await expect(manager.storage.backup(backup)).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
      message: expect.stringContaining("pg_dump"),
    });
  });

  describe("is not restored", () => {
    const target = () => join(home, "target");
    const restore = () => restoreBackup({ from: backup, dataDir: target() });

    beforeEach(make);

    it.each([
      ["one byte more", () => appendFileSync(join(backup, "secret.key"), "x"), "secret.key"],
      ["a file missing", () => rmSync(join(backup, "secret.key")), "secret.key is missing"],
      [
        "a database cut short",
        () => truncateSync(join(backup, "orquesta.sqlite"), 8192),
        "orquesta.sqlite was changed",
      ],
      ["no manifest", () => rmSync(join(backup, "manifest.json")), "no whole backup"],
      [
        "a broken manifest",
        () => truncateSync(join(backup, "manifest.json"), 20),
        "damaged, or of a newer version",
      ],
      [
        "a name that leads elsewhere",
        () => edit((text) => text.replace("secret.key", "../secret.key")),
        "damaged, or of a newer version",
      ],
      [
        "a newer database",
        () => edit((text) => text.replace("0001_engine", "9999_later")),
        "does not know 9999_later",
      ],
    ])("with %s", async (_what, damage, message) => {
      damage();
      await expect(restore()).rejects.toMatchObject({
        code: "BACKUP_INVALID",
        message: expect.stringContaining(message),
      });
      const left = () => readdirSync(target()).filter((name) => !name.includes(".lock"));
      expect(readdirSync(home).includes("target") ? left() : []).toEqual([]);
    });

    function edit(change: (text: string) => string): void {
      const path = join(backup, "manifest.json");
      writeFileSync(path, change(readFileSync(path, "utf8")));
    }

    it("where an engine is at work, or over anything, unless it is forced to move that aside", async () => {
      const { manager } = open(target());
      const { id } = await manager.create({ provider: "fake", name: "of the other one" });
      const force = { from: backup, dataDir: target(), force: true };
      await expect(restoreBackup(force)).rejects.toMatchObject({ code: "DATABASE_LOCKED" });
      await manager.close();
      await expect(restore()).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
      const { replaced } = await restoreBackup(force);
      expect(textsIn(join(target(), "orquesta.sqlite"))).toEqual(["kept"]);
      const former = open(replaced ?? "");
      expect((await former.manager.get(id)).name).toBe("of the other one");
      const again = await restoreBackup(force);
      expect(again.replaced).not.toBe(replaced);
    });
  });
});
