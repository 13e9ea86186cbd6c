import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { type MediaOptions, OrquestaError } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import type { TestDatabase } from "../../testing/harness/test-database.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";

const GIF = Buffer.from("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==", "base64");
const ID = "medium-1";

class Receiver implements AsyncDisposable {
  readonly world: World;
  manager: FakeManager;
  readonly id: string;
  /** How often the platform was asked. */
  asked = 0;

  private constructor(world: World, manager: FakeManager, id: string) {
    this.world = world;
    this.manager = manager;
    this.id = id;
  }

  /** An instance that has received a picture. */
  static async open(database: TestDatabase, media: MediaOptions = {}): Promise<Receiver> {
    const world = new World(database);
    const manager = await world.open({ dataDir: database.directory, media });
    const { instance, session } = await world.connect(manager);
    const receiver = new Receiver(world, manager, instance.id);
    world.platform.account(instance.id).media.set(ID, GIF);
    receiver.gives(() => Readable.from([GIF]));
    await session.receiveContent({
      type: "image",
      caption: null,
      media: { id: ID, mimeType: "image/png", size: GIF.length, fileName: "../a.gif" },
    });
    return receiver;
  }

  gives(open: () => Readable | Promise<Readable>): void {
    this.world.platform.openMedia = () => {
      this.asked += 1;
      return open();
    };
  }

  async restart(): Promise<void> {
    await this.manager.close();
    this.manager = await this.world.open({ dataDir: this.world.database.directory });
  }

  async read(): Promise<Buffer> {
    const { stream } = await this.manager.media.open(this.id, ID);
    return buffer(stream);
  }

  async files(): Promise<string[]> {
    const directory = join(this.world.database.directory, "media");
    const entries = await readdir(directory, { recursive: true }).catch(() => []);
    return entries.filter((name) => name.length > 2);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }
}

describeEachDatabase("a medium that came in", (createDatabase) => {
  it("is fetched when it is wanted, once, also by many, and told by its bytes", async () => {
    await using receiver = await Receiver.open(createDatabase());
    expect([receiver.asked, await receiver.files()]).toEqual([0, []]);
    const opened = await Promise.all(Array.from({ length: 10 }, () => receiver.read()));
    expect(opened).toEqual(Array.from({ length: 10 }, () => GIF));
    const { stream, ...medium } = await receiver.manager.media.open(receiver.id, ID, {
      range: { start: 1, end: 3 },
    });
    expect((await buffer(stream)).toString()).toBe("IF8");
    expect(medium).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      size: GIF.length,
      mimeType: "image/gif",
      fileName: "a.gif",
    });
    expect(receiver.asked).toBe(1);
  });

  it("opens after a restart and while the instance is stopped; before it was kept it needs the session", async () => {
    await using receiver = await Receiver.open(createDatabase());
    await receiver.manager.stop(receiver.id);
    await expect(receiver.read()).rejects.toMatchObject({ code: "INSTANCE_NOT_RUNNING" });
    await receiver.manager.start(receiver.id, { until: "connected", timeoutMs: 60_000 });
    await receiver.read();
    await receiver.manager.stop(receiver.id);
    await receiver.restart();
    expect(await receiver.read()).toEqual(GIF);
    expect(receiver.asked).toBe(1);
  });

  it("is fetched again when its file is gone", async () => {
    await using receiver = await Receiver.open(createDatabase());
    await receiver.read();
    await rm(join(receiver.world.database.directory, "media"), { recursive: true });
    expect(await receiver.read()).toEqual(GIF);
    expect(receiver.asked).toBe(2);
  });

  it("is sent on by its id", async () => {
    await using receiver = await Receiver.open(createDatabase());
    const { manager, id, world } = receiver;
    const content = { type: "document", media: { mediaId: ID, fileName: "b.gif" } } as const;
    const options = { until: "sent", idempotencyKey: "k" } as const;
    await manager.send(id, "5511988887777", content, options);
    expect(world.platform.delivered[0]?.message.content).toMatchObject({
      media: { mimeType: "image/gif", fileName: "b.gif", size: GIF.length },
    });
    expect(await manager.send(id, "5511988887777", content, options)).toMatchObject({
      repeated: true,
    });
    const voice = { type: "voice", media: { mediaId: ID } } as const;
    const wrong = { code: "MEDIA_UNREADABLE" };
    await expect(manager.send(id, "5511988887777", voice)).rejects.toMatchObject(wrong);
    const unknown = { type: "image", media: { mediaId: "other" } } as const;
    const missing = { code: "MEDIA_NOT_FOUND" };
    await expect(manager.send(id, "5511988887777", unknown)).rejects.toMatchObject(missing);
  });

  it.each<[string, () => Readable | Promise<Readable>, string]>([
    ["is cut short", () => Readable.from([GIF.subarray(0, 9)]), "PLATFORM_UNREACHABLE"],
    ["fails on the way", () => failing(), "PLATFORM_UNREACHABLE"],
    ["is too large", () => Readable.from([Buffer.alloc(2048)]), "MEDIA_TOO_LARGE"],
    ["never comes", () => new Promise<Readable>(() => {}), "TIMED_OUT"],
    ["never ends", () => new Readable({ read() {} }), "TIMED_OUT"],
    [
      "is not there any more",
      () => Promise.reject(new OrquestaError("MEDIA_EXPIRED", "gone")),
      "MEDIA_EXPIRED",
    ],
  ])("keeps nothing when it %s, and can be fetched later", async (_, open, code) => {
    await using receiver = await Receiver.open(createDatabase(), {
      readTimeoutMs: 300,
      maxBytes: 1024,
    });
    receiver.gives(open);
    await expect(receiver.read()).rejects.toMatchObject({ code });
    expect((await receiver.files()).filter((name) => name.includes("draft"))).toEqual([]);
    const rows = await receiver.world.database.sql("select hash from media");
    expect(rows).toEqual([{ hash: null }]);
    receiver.gives(() => Readable.from([GIF]));
    expect(await receiver.read()).toEqual(GIF);
  });

  it("goes on for others when one stops to wait, and ends with the manager", async () => {
    await using receiver = await Receiver.open(createDatabase());
    const { manager, id } = receiver;
    const gate = Promise.withResolvers<Readable>();
    receiver.gives(() => gate.promise);
    const signal = AbortSignal.abort();
    await expect(manager.media.get(id, ID, { signal })).rejects.toMatchObject({ code: "ABORTED" });
    const late = manager.media.get(id, ID, { timeoutMs: 1 });
    await expect(late).rejects.toMatchObject({ code: "TIMED_OUT" });
    gate.resolve(Readable.from([GIF]));
    expect(await receiver.read()).toEqual(GIF);
    expect(receiver.asked).toBe(1);
    await expect(manager.media.get("nobody", ID)).rejects.toMatchObject({
      code: "INSTANCE_NOT_FOUND",
    });
    receiver.gives(() => new Readable({ read() {} }));
    receiver.world.platform.account(id).media.set("2", GIF);
    const ended = expect(manager.media.get(id, "2")).rejects.toMatchObject({
      code: "MANAGER_CLOSED",
    });
    await expect.poll(() => receiver.asked).toBe(2);
    await manager.close();
    await ended;
  });

  it("opens by its link and by no other, until that expires", async () => {
    await using receiver = await Receiver.open(createDatabase(), {
      publicUrl: "https://bots.example.com/",
    });
    const { manager, id } = receiver;
    const { token, url, expiresAt } = await manager.media.link(id, ID);
    expect(url).toBe(`https://bots.example.com/media/${token}`);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(86_300_000);
    const place = { instanceId: id, mediaId: ID };
    expect(await manager.media.resolveLink(token)).toEqual(place);
    const [claim = "", signature = ""] = token.split(".");
    const forged = Buffer.from(JSON.stringify([id, "2", Date.now() + 1000])).toString("base64url");
    for (const other of [
      "",
      ".",
      claim,
      `${forged}.${signature}`,
      `${claim}.${signature.slice(1)}`,
    ]) {
      const refused = { code: "MEDIA_NOT_FOUND" };
      await expect(manager.media.resolveLink(other)).rejects.toMatchObject(refused);
    }
    const short = await manager.media.link(id, ID, { validMs: 1 });
    await expect
      .poll(() =>
        manager.media.resolveLink(short.token).catch((error: OrquestaError) => error.code),
      )
      .toBe("MEDIA_EXPIRED");
    await receiver.restart();
    expect(await receiver.manager.media.resolveLink(token)).toEqual(place);
  });
});

function failing(): Readable {
  let pieces = 0;
  return new Readable({
    read() {
      pieces += 1;
      if (pieces === 1) this.push(GIF.subarray(0, 5));
      else this.destroy(new Error("the line broke"));
    },
  });
}
