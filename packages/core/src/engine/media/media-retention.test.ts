import { readdir, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, it } from "vitest";

import type { RetentionOptions } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { World } from "../../testing/harness/world.ts";

const CHAT = "5511988887777";
const DAY_MS = 86_400_000;

async function received(world: World, retention: RetentionOptions, ids: readonly string[]) {
  const manager = await world.open({ dataDir: world.database.directory, retention });
  const { instance, session } = await world.connect(manager);
  for (const id of ids) {
    world.platform.account(instance.id).media.set(id, Buffer.from(`${id} 12345678`));
    const media = { id, mimeType: "text/plain", size: null, fileName: null };
    await session.receiveContent({ type: "document", media, caption: null });
    await manager.media.get(instance.id, id);
  }
  return { manager, id: instance.id };
}

const directoryOf = (world: World) => join(world.database.directory, "media");

async function filesOf(world: World): Promise<string[]> {
  const entries = await readdir(directoryOf(world), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Makes every file older than the time in which something may still come to refer to it. */
async function age(world: World): Promise<void> {
  const old = new Date(Date.now() - DAY_MS);
  for (const path of await filesOf(world)) await utimes(path, old, old);
}

describeEachDatabase("media that are kept", (createDatabase) => {
  it("go with their age, and their files with them", async () => {
    await using world = new World(createDatabase());
    const { manager, id } = await received(world, { mediaDays: 2 }, ["a", "b"]);
    await age(world);
    expect(await manager.storage.sweep()).toMatchObject({ media: 0, blobs: 0 });
    await world.database.sql("update media set at = at - ? where media_id = 'a'", 3 * DAY_MS);
    expect(await manager.storage.sweep()).toMatchObject({ media: 1, blobs: 1 });
    world.platform.openMedia = () => expect.fail("it is kept");
    expect(await manager.media.get(id, "b")).toMatchObject({ size: 10 });
  });

  it("are at most as many bytes as are allowed, the newest", async () => {
    await using world = new World(createDatabase());
    const { manager, id } = await received(world, { mediaBytes: 20 }, ["a", "b", "c"]);
    await world.database.sql("update media set at = at - 1000 where media_id = 'b'");
    await age(world);
    expect(await manager.storage.sweep()).toMatchObject({ mediaBytes: 1, blobs: 1 });
    let fetched = 0;
    world.platform.openMedia = (bytes) => {
      fetched += 1;
      return Readable.from([bytes]);
    };
    for (const medium of ["a", "c", "b"]) await manager.media.get(id, medium);
    expect(fetched).toBe(1);
  });

  it("of messages stay while these are owed, and go when they are sent", async () => {
    await using world = new World(createDatabase());
    const { manager, id } = await received(world, {}, []);
    const gate = Promise.withResolvers<void>();
    world.platform.beforeSend = () => gate.promise;
    const content = { type: "document", media: { bytes: Buffer.from("owed") } } as const;
    await manager.send(id, CHAT, content, { idempotencyKey: "k" });
    await age(world);
    expect(await manager.storage.sweep()).toMatchObject({ blobs: 0 });
    gate.resolve();
    await manager.send(id, CHAT, content, { idempotencyKey: "k", until: "sent" });
    expect(world.platform.delivered).toHaveLength(1);
    expect(await manager.storage.sweep()).toMatchObject({ blobs: 1 });
    expect(await filesOf(world)).toEqual([]);
  });

  it("go with their instance, and what others have stays; young files and drafts are left alone", async () => {
    await using world = new World(createDatabase());
    const { manager, id } = await received(world, {}, ["a", "b"]);
    const other = await world.connect(manager);
    world.platform.account(other.instance.id).media.set("a", Buffer.from("a 12345678"));
    await manager.media.get(other.instance.id, "a");
    await manager.remove(id);
    expect(await manager.storage.sweep()).toMatchObject({ blobs: 0 });
    const directory = directoryOf(world);
    await writeFile(join(directory, "draft-dead"), "x");
    await age(world);
    await writeFile(join(directory, "draft-alive"), "x");
    expect(await manager.storage.sweep()).toMatchObject({ blobs: 2 });
    expect((await readdir(directory)).filter((name) => name.startsWith("draft"))).toEqual([
      "draft-alive",
    ]);
    world.platform.openMedia = () => expect.fail("it is kept");
    expect(await manager.media.get(other.instance.id, "a")).toMatchObject({ size: 10 });
  });

  it("that a sweep which died had taken away are put back", async () => {
    await using world = new World(createDatabase());
    const { manager, id } = await received(world, {}, ["a"]);
    const [path = ""] = await filesOf(world);
    const hash = path.slice(-64);
    await rename(path, join(directoryOf(world), `trash-${hash}-1`));
    expect(await manager.storage.sweep()).toMatchObject({ blobs: 0 });
    world.platform.openMedia = () => expect.fail("it is kept");
    expect(await manager.media.get(id, "a")).toMatchObject({ hash });
  });
});
