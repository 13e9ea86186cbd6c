import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { InstanceManager, type SnapshotKey } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { RecordingLogger } from "../../testing/harness/recording-logger.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";

const PASSPHRASE = "correct horse battery";
const OPTIONS = { passphrase: PASSPHRASE };
const DAY_MS = 86_400_000;

async function paired(world: World, manager: FakeManager, keyCount = 3) {
  const connected = await world.connect(manager);
  const keys = Array.from({ length: keyCount }, (_, n) => ({
    type: "t",
    id: String(n),
    value: Buffer.from(`key ${n}`),
  }));
  await connected.session.commit({ keys });
  return connected;
}

/** What the open session of an instance finds under `t/<n>`. */
async function keysOf(world: World, id: string, count = 3): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => String(n));
  const found = await world.platform.session(id).keys.get("t", ids);
  return [...found.values()].map((value) => Buffer.from(value).toString()).toSorted();
}

const failing = (code: string) => expect.objectContaining({ code });
const ENDS = ["log_out", "restart", "reconnect", "fail", "stop"] as const;

describeEachDatabase("pain 5: a session that is logged out", (createDatabase) => {
  it("is archived by an order and by the platform, and can be restored", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await paired(world, manager, 300);
    session.report({ state: "closed", afterwards: "log_out", reason: "logged_out" });
    await eventually(async () => (await manager.get(instance.id)).status === "logged_out");
    expect(await world.database.sql("select * from session_key")).toEqual([]);
    const [archive, ...others] = await manager.sessions.archives(instance.id);
    expect(others).toEqual([]);
    expect(archive).toMatchObject({ keyCount: 300, account: { phone: "5511999990000" } });
    const lifetime = Date.parse(archive?.expiresAt ?? "") - Date.parse(archive?.archivedAt ?? "");
    expect(lifetime).toBe(7 * DAY_MS);
    const view = await manager.sessions.restore(instance.id, archive?.id ?? "");
    expect(view).toMatchObject({ status: "stopped", desired: "stopped", paired: true });
    expect(await manager.sessions.archives(instance.id)).toEqual([]);
    expect(await world.database.sql("select * from session_archive_key")).toEqual([]);
    await manager.start(instance.id, { until: "connected", timeoutMs: 60_000 });
    expect(await keysOf(world, instance.id, 300)).toHaveLength(300);
    await manager.logout(instance.id);
    expect(await manager.sessions.archives(instance.id)).toHaveLength(1);
  });

  it.each(ENDS)("is touched by nothing else: %s", async (afterwards) => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await paired(world, manager);
    session.report({ state: "closed", afterwards, reason: "restart_required" });
    await eventually(() => session.closed);
    await quiet();
    await manager.stop(instance.id);
    const archived = afterwards === "log_out" ? 3 : 0;
    expect(await world.database.sql("select * from session_key")).toHaveLength(3 - archived);
    expect(await world.database.sql("select * from session_archive_key")).toHaveLength(archived);
  });

  it("goes into the archive in the transaction that says so, or not at all", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await paired(world, manager);
    await world.database.sql("alter table session_archive rename to elsewhere");
    session.report({ state: "closed", afterwards: "log_out", reason: "logged_out" });
    await eventually(() => session.closed);
    await quiet();
    expect(await world.database.sql("select * from session_key")).toHaveLength(3);
    const [row] = await world.database.sql("select status from instance");
    expect(row?.["status"]).toBe("connected");
    await world.database.sql("alter table elsewhere rename to session_archive");
    await manager.logout(instance.id);
    expect(await manager.sessions.archives(instance.id)).toHaveLength(1);
  });

  it("is erased by the sweep when its time is over", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ sessionArchiveDays: 1 });
    const { instance } = await paired(world, manager);
    await manager.logout(instance.id);
    const [archive] = await manager.sessions.archives(instance.id);
    await world.database.sql("update session_archive set expires_at = ?", Date.now() - 1);
    expect(await manager.sessions.archives(instance.id)).toEqual([]);
    await expect(manager.sessions.restore(instance.id, archive?.id ?? "")).rejects.toMatchObject({
      code: "SESSION_ARCHIVE_NOT_FOUND",
    });
    expect(await manager.storage.sweep()).toMatchObject({ sessionArchives: 1 });
    expect(await world.database.sql("select * from session_archive_key")).toEqual([]);
    expect(await world.database.sql("select * from session_archive")).toEqual([]);
  });

  it("is not restored where it does not belong", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await paired(world, manager);
    const other = await manager.create({ provider: "fake" });
    await manager.logout(instance.id);
    const [archive] = await manager.sessions.archives(instance.id);
    const id = archive?.id ?? "";
    await expect(manager.sessions.restore(other.id, id)).rejects.toEqual(
      failing("SESSION_ARCHIVE_NOT_FOUND"),
    );
    await manager.start(instance.id, { until: "connected", timeoutMs: 60_000 });
    await expect(manager.sessions.restore(instance.id, id)).rejects.toEqual(
      failing("INSTANCE_RUNNING"),
    );
    await manager.stop(instance.id);
    await expect(manager.sessions.restore(instance.id, id)).rejects.toEqual(
      failing("INSTANCE_PAIRED"),
    );
    expect(await manager.sessions.archives(instance.id)).toHaveLength(1);
    await expect(manager.sessions.archives("nobody")).rejects.toEqual(
      failing("INSTANCE_NOT_FOUND"),
    );
  });

  it("is not archived without a pairing, or with an archive of no days", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id);
    await eventually(() => world.platform.hasSession(id));
    const unfinished = [{ type: "creds", id: "1", value: Buffer.from("unfinished") }];
    await world.platform.session(id).commit({ keys: unfinished });
    await manager.logout(id);
    expect(await manager.sessions.archives(id)).toEqual([]);
    expect(await world.database.sql("select * from session_key")).toEqual([]);
    await manager.close();
    const second = await world.open({ sessionArchiveDays: 0 });
    await second.start(id);
    await eventually(() => world.platform.hasSession(id));
    world.platform.session(id).connect();
    await world.platform.session(id).commit({ keys: unfinished });
    await second.logout(id);
    expect(await second.sessions.archives(id)).toEqual([]);
    expect(await world.database.sql("select * from session_key")).toEqual([]);
  });
});

describeEachDatabase("an exported session", (createDatabase) => {
  it("resumes in another engine with another secret", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await paired(world, manager);
    const expiresAt = Date.now() + DAY_MS;
    await session.commit({
      keys: [
        { type: "t", id: "passing", value: Buffer.from("key p"), expiresAt },
        { type: "t", id: "gone", value: Buffer.from("key g"), expiresAt: Date.now() - 1 },
      ],
    });
    await manager.stop(instance.id);
    const bytes = await manager.sessions.export(instance.id, OPTIONS);
    expect(Buffer.from(bytes).includes("key 1")).toBe(false);

    await using elsewhere = new World();
    const second = await elsewhere.open({ secret: Buffer.alloc(32, "another secret") });
    const { id } = await second.create({ provider: "fake" });
    const view = await second.sessions.import(id, bytes, OPTIONS);
    expect(view).toMatchObject({ status: "stopped", desired: "stopped", paired: true });
    expect(view.account).toEqual(instance.account);
    const stored = await elsewhere.database.sql("select id, expires_at from session_key");
    expect(stored).toHaveLength(4);
    expect(stored).toContainEqual({ id: "passing", expires_at: expiresAt });
    await second.start(id, { until: "connected", timeoutMs: 60_000 });
    expect(await keysOf(elsewhere, id)).toEqual(["key 0", "key 1", "key 2"]);
    // It is the instance's own from now on.
    expect(await manager.get(instance.id)).toMatchObject({ status: "stopped", paired: true });
  });

  it("is made only of an instance that is paired and not running", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await paired(world, manager);
    const unpaired = await manager.create({ provider: "fake" });
    const { sessions } = manager;
    await expect(sessions.export(instance.id, OPTIONS)).rejects.toEqual(
      failing("INSTANCE_RUNNING"),
    );
    await expect(sessions.export(unpaired.id, OPTIONS)).rejects.toEqual(
      failing("INSTANCE_NOT_PAIRED"),
    );
    await expect(sessions.export("nobody", OPTIONS)).rejects.toEqual(failing("INSTANCE_NOT_FOUND"));
    await manager.stop(instance.id);
    for (const passphrase of ["", "too short", 5, undefined]) {
      await expect(
        // @ts-expect-error bad input on purpose
        sessions.export(instance.id, { passphrase }),
      ).rejects.toEqual(failing("VALIDATION_FAILED"));
    }
  });
});

describe("an import that is refused changes nothing:", () => {
  async function exported(world: World) {
    const manager = await world.open();
    const { instance } = await paired(world, manager);
    await manager.stop(instance.id);
    const bytes = await manager.sessions.export(instance.id, OPTIONS);
    const target = await manager.create({ provider: "fake" });
    return { manager, instance, bytes, target };
  }

  /** The same bytes with a hash that fits: what a person with bad intent would make. */
  function rehashed(bytes: Uint8Array): Uint8Array {
    const body = bytes.subarray(0, bytes.length - 32);
    return Buffer.concat([body, createHash("sha256").update(body).digest()]);
  }

  function changed(bytes: Uint8Array, at: number): Uint8Array {
    const copy = Uint8Array.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  }

  const CASES: Record<string, [(bytes: Uint8Array) => Uint8Array, string]> = {
    "not an export": [() => Buffer.from("hello, I am a session"), "SESSION_EXPORT_DAMAGED"],
    nothing: [() => new Uint8Array(), "SESSION_EXPORT_DAMAGED"],
    "cut in the middle": [(bytes) => bytes.subarray(0, bytes.length / 2), "SESSION_EXPORT_DAMAGED"],
    "cut to its head": [(bytes) => bytes.subarray(0, 17), "SESSION_EXPORT_DAMAGED"],
    "cut by a byte": [(bytes) => bytes.subarray(0, -1), "SESSION_EXPORT_DAMAGED"],
    "a byte more": [(bytes) => Buffer.concat([bytes, Buffer.of(0)]), "SESSION_EXPORT_DAMAGED"],
    "a changed bit": [(bytes) => changed(bytes, 60), "SESSION_EXPORT_DAMAGED"],
    "a changed bit with a fitting hash": [
      (bytes) => rehashed(changed(bytes, 60)),
      "SESSION_PASSPHRASE_WRONG",
    ],
    "a version of the future": [
      (bytes) => {
        const copy = Uint8Array.from(bytes);
        copy[16] = 2;
        return copy;
      },
      "SESSION_EXPORT_UNSUPPORTED",
    ],
    "a version of nobody": [
      (bytes) => {
        const copy = Uint8Array.from(bytes);
        copy[16] = 0;
        return rehashed(copy);
      },
      "SESSION_EXPORT_DAMAGED",
    ],
  };

  it("wrong passphrase, damaged, cut, another format", async () => {
    await using world = new World();
    const { manager, bytes, target } = await exported(world);
    const before = await world.database.sql("select * from session_key");
    for (const [name, [damage, code]] of Object.entries(CASES)) {
      await expect(
        manager.sessions.import(target.id, damage(bytes), OPTIONS),
        name,
      ).rejects.toEqual(failing(code));
    }
    await expect(
      manager.sessions.import(target.id, bytes, { passphrase: "wrong horse battery" }),
    ).rejects.toEqual(failing("SESSION_PASSPHRASE_WRONG"));
    expect(await world.database.sql("select * from session_key")).toEqual(before);
    expect(await manager.get(target.id)).toMatchObject({ status: "created", paired: false });
    await manager.sessions.import(target.id, bytes, OPTIONS);
  });

  it("a running or paired instance, another provider, one that cannot", async () => {
    await using world = new World();
    const { manager, instance, bytes, target } = await exported(world);
    await expect(manager.sessions.import(instance.id, bytes, OPTIONS)).rejects.toEqual(
      failing("INSTANCE_PAIRED"),
    );
    await manager.start(target.id, { until: "connected", timeoutMs: 60_000 });
    await expect(manager.sessions.import(target.id, bytes, OPTIONS)).rejects.toEqual(
      failing("INSTANCE_RUNNING"),
    );
    await manager.logout(target.id);
    const keys: SnapshotKey[] = [{ type: "t", id: "1", value: Buffer.from("x"), expiresAt: null }];
    const foreign = { provider: "other", account: null, keys };
    await expect(manager.sessions.import(target.id, foreign)).rejects.toEqual(
      failing("SESSION_PROVIDER_MISMATCH"),
    );
    await using fixed = new World(undefined, { capabilities: { portable: false } });
    const second = await fixed.open();
    const { id } = await second.create({ provider: "fake" });
    const cannot = failing("CAPABILITY_MISSING");
    await expect(second.sessions.import(id, bytes, OPTIONS)).rejects.toEqual(cannot);
    await expect(second.sessions.export(id, OPTIONS)).rejects.toEqual(cannot);
  });
});

it("no passphrase and no key is logged, whatever goes wrong", async () => {
  const logger = new RecordingLogger();
  await using world = new World();
  const manager = await world.open({ logger });
  const { instance } = await paired(world, manager);
  await expect(manager.sessions.export(instance.id, OPTIONS)).rejects.toThrow();
  await manager.stop(instance.id);
  const bytes = await manager.sessions.export(instance.id, OPTIONS);
  const { id } = await manager.create({ provider: "fake" });
  const wrong = { passphrase: "a wrong passphrase" };
  const error = await manager.sessions.import(id, bytes, wrong).catch((thrown) => thrown);
  await manager.sessions.import(id, bytes, OPTIONS);
  const log = `${logger.text}${error.message}${String(error.cause)}`;
  expect(log).not.toMatch(/horse|wrong passphrase|key \d/);
  expect(log).not.toContain("an order failed");
});

it.each([-1, Number.NaN, 4000])("an archive of %d days is refused", async (sessionArchiveDays) => {
  await using world = new World();
  expect(
    () => new InstanceManager({ providers: [world.platform.provider], sessionArchiveDays }),
  ).toThrow(failing("CONFIGURATION_INVALID"));
});
