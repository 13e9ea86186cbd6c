import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { MediaSource, OutboxContent, OutgoingContent, OutgoingKind } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { WebOrigin } from "../../testing/harness/web-origin.ts";
import { type FakeManager, World, type WorldOptions } from "../../testing/harness/world.ts";

const CHAT = "5511988887777";
const MB = 1024 * 1024;
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const PDF = Buffer.from("%PDF-1.4\n%%EOF\n");
/** The least that is recognised as a Word document: the entry that names its parts. */
const DOCX = zipOf(
  "[Content_Types].xml",
  '<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
);

const OUTGOING: readonly OutgoingKind[] = [
  "text",
  "image",
  "video",
  "audio",
  "voice",
  "document",
  "sticker",
  "album",
  "status",
];

function zipOf(name: string, text: string): Buffer {
  const [title, body] = [Buffer.from(name), Buffer.from(text)];
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt32LE(body.length, 18);
  header.writeUInt32LE(body.length, 22);
  header.writeUInt16LE(title.length, 26);
  return Buffer.concat([header, title, body]);
}

function worldOf(database?: ConstructorParameters<typeof World>[0], mediaBytes = 8 * MB): World {
  const limits = { textLength: 65_536, captionLength: 1024, mediaBytes };
  return new World(database, { capabilities: { outgoing: OUTGOING, limits } });
}

class Sender {
  readonly world: World;
  readonly manager: FakeManager;
  readonly id: string;

  private constructor(world: World, manager: FakeManager, id: string) {
    this.world = world;
    this.manager = manager;
    this.id = id;
  }

  static async open(world: World, options: WorldOptions = {}): Promise<Sender> {
    const manager = await world.open({ dataDir: world.database.directory, ...options });
    const { instance } = await world.connect(manager);
    return new Sender(world, manager, instance.id);
  }

  send(content: OutgoingContent, idempotencyKey?: string, signal?: AbortSignal) {
    return this.manager.send(this.id, CHAT, content, {
      until: "sent",
      timeoutMs: 20_000,
      signal,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
  }

  document(media: MediaSource, idempotencyKey?: string) {
    return this.send({ type: "document", media }, idempotencyKey);
  }

  /** What the platform was given last. */
  get last(): OutboxContent {
    const content = this.world.platform.delivered.at(-1)?.message.content;
    return content ?? expect.fail("nothing was sent");
  }

  get lastMedia() {
    return "media" in this.last ? this.last.media : expect.fail("no medium was sent");
  }

  async lastBytes(): Promise<Buffer> {
    const { context } = this.world.platform.session(this.id);
    return buffer(await context.media.open(this.lastMedia));
  }

  /** Nothing was sent and nothing stays on the disk that looks like it. */
  async expectNothing(): Promise<void> {
    expect(this.world.platform.delivered).toEqual([]);
    expect(await this.world.database.sql("select id from outbox")).toEqual([]);
    const entries = await readdir(join(this.world.database.directory, "media")).catch(() => []);
    expect(entries.filter((name) => name.startsWith("draft-"))).toEqual([]);
  }
}

const answer = (bytes: Uint8Array, headers: Record<string, string> = {}) => {
  return (_: unknown, response: ServerResponse) => response.writeHead(200, headers).end(bytes);
};

describeEachDatabase("media of a message", (createDatabase) => {
  it("come from bytes, a file, a stream of either kind and a URL, and are sent as they were", async () => {
    await using world = worldOf(createDatabase());
    await using origin = await WebOrigin.open({
      "/pictures/red%20dot.png": answer(PNG, { "content-type": "text/html" }),
    });
    const file = join(world.database.directory, "dot.png");
    await writeFile(file, PNG);
    const sender = await Sender.open(world);
    const hash = createHash("sha256").update(PNG).digest("hex");
    const sources: [MediaSource, string | null][] = [
      [{ bytes: PNG, fileName: "a.png" }, "a.png"],
      [{ file }, "dot.png"],
      [{ stream: Readable.from([PNG.subarray(0, 9), PNG.subarray(9)]) }, null],
      [{ stream: Readable.toWeb(Readable.from([PNG])) as never }, null],
      [{ url: origin.url("/pictures/red%20dot.png") }, "red dot.png"],
    ];
    for (const [media, fileName] of sources) {
      await sender.send({ type: "image", media, caption: "hi" });
      expect(sender.last).toEqual({
        type: "image",
        caption: "hi",
        media: { hash, size: PNG.length, mimeType: "image/png", fileName, seconds: null },
      });
      expect(await sender.lastBytes()).toEqual(PNG);
    }
  });

  it("are there in albums and stories too", async () => {
    await using world = worldOf(createDatabase());
    const sender = await Sender.open(world);
    const image = { type: "image", media: { bytes: PNG } } as const;
    await sender.send({ type: "album", items: [image, image] });
    expect(sender.last).toMatchObject({
      items: [{ media: { size: PNG.length } }, image.type && {}],
    });
    await sender.send({ type: "status", story: image, audience: [CHAT] });
    expect(sender.last).toMatchObject({ story: { media: { mimeType: "image/png" } } });
  });

  it("of a repeat are not read again; another message under the key is refused", async () => {
    await using world = worldOf(createDatabase());
    let alive = true;
    await using origin = await WebOrigin.open({
      "/a.pdf": (_, response) => (alive ? response.end(PDF) : response.destroy()),
    });
    const sender = await Sender.open(world);
    const file = join(world.database.directory, "a.pdf");
    await writeFile(file, PDF);
    const stream = Readable.from([PDF]);
    const sources: MediaSource[] = [
      { url: origin.url("/a.pdf") },
      { file },
      { stream },
      { bytes: PDF },
    ];
    const first = [];
    for (const [key, media] of sources.entries())
      first.push(await sender.document(media, `${key}`));
    alive = false;
    await writeFile(file, "");
    for (const [key, media] of sources.entries()) {
      const again = await sender.document(media, `${key}`);
      expect(again).toEqual({ ...first[key], repeated: true });
    }
    const fresh = Readable.from([PDF]);
    expect(await sender.document({ stream: fresh }, "2")).toMatchObject({ repeated: true });
    // Nobody will read it any more.
    expect(fresh.destroyed).toBe(true);
    expect(origin.asked).toHaveLength(1);
    expect(world.platform.delivered).toHaveLength(4);
    const reused = { code: "IDEMPOTENCY_KEY_REUSED" };
    await expect(sender.document({ url: origin.url("/b.pdf") }, "0")).rejects.toMatchObject(reused);
    await expect(sender.document({ bytes: PNG }, "3")).rejects.toMatchObject(reused);
    const other = sender.send({ type: "document", media: { bytes: PDF }, caption: "x" }, "3");
    await expect(other).rejects.toMatchObject(reused);
    const results = await Promise.all(
      Array.from({ length: 5 }, () => sender.document({ bytes: PDF }, "at once")),
    );
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
  });

  it("are still there for the session of the next process", async () => {
    await using world = worldOf(createDatabase());
    const sender = await Sender.open(world);
    world.platform.beforeSend = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", reject));
    await sender.manager.send(sender.id, CHAT, { type: "image", media: { bytes: PNG } });
    await sender.manager.close();
    world.platform.beforeSend = () => {};
    await world.open({ dataDir: world.database.directory });
    await expect.poll(() => world.platform.delivered.length).toBe(1);
    expect(await sender.lastBytes()).toEqual(PNG);
  });
});

describe("the type of a medium", () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
  it.each<[string, Uint8Array, Partial<MediaSource>, string]>([
    ["is told by the bytes", PNG, { mimeType: "text/plain", fileName: "a.pdf" }, "image/png"],
    [
      "is not believed without them",
      Buffer.from("hi"),
      { mimeType: "image/png" },
      "application/octet-stream",
    ],
    [
      "is more than the archive it is",
      DOCX,
      {},
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ],
    [
      "is a claim inside an archive",
      zipOf("a", "b"),
      { mimeType: "application/vnd.my-app" },
      "application/vnd.my-app",
    ],
    ["is an archive's own", zipOf("a", "b"), {}, "application/zip"],
    [
      "is no picture because somebody says so of an archive",
      zipOf("a", "b"),
      { mimeType: "image/png" },
      "application/zip",
    ],
    ["is a claim for text", Buffer.from("a,b"), { mimeType: "text/csv" }, "text/csv"],
    ["is told by the name for text", Buffer.from("a,b"), { fileName: "a.CSV" }, "text/csv"],
    ["is told by the name for SVG", svg, { fileName: "a.svg" }, "image/svg+xml"],
    ["is unknown", Buffer.from("?"), {}, "application/octet-stream"],
  ])("%s", async (_, bytes, described, expected) => {
    await using world = worldOf();
    const sender = await Sender.open(world);
    await sender.document({ bytes, ...described });
    expect(sender.lastMedia.mimeType).toBe(expected);
  });

  it.each<[OutgoingContent["type"] & ("image" | "video" | "audio" | "voice" | "sticker"), Buffer]>([
    ["image", PDF],
    ["image", svg],
    ["image", Buffer.from("plain")],
    ["video", PNG],
    ["audio", PNG],
    ["voice", PDF],
    ["sticker", PDF],
  ])("has to be one that is sent as %s", async (type, bytes) => {
    await using world = worldOf();
    const sender = await Sender.open(world);
    const sending = sender.send({ type, media: { bytes, fileName: "a.svg" } });
    await expect(sending).rejects.toMatchObject({ code: "MEDIA_UNREADABLE" });
    await sender.expectNothing();
  });
});

describe("the name of a medium", () => {
  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\Windows\\system32\\a.exe", "a.exe"],
    ["a\u202Efdp.exe", "afdp.exe"],
    ["a\r\nb\0.txt", "ab.txt"],
    ["..", null],
    ["/", null],
    [`${"é".repeat(200)}.pdf`, `${"é".repeat(125)}.pdf`],
  ])("%j is a name and nothing else", async (fileName, expected) => {
    await using world = worldOf();
    const sender = await Sender.open(world);
    await sender.document({ bytes: PDF, fileName });
    expect(sender.lastMedia.fileName).toBe(expected);
  });

  it("is told by the server that has it", async () => {
    await using world = worldOf();
    const disposition = "attachment; filename*=UTF-8''..%2F%E2%82%AC.pdf";
    await using origin = await WebOrigin.open({
      "/get": answer(PDF, { "content-disposition": disposition }),
    });
    const sender = await Sender.open(world);
    await sender.document({ url: origin.url("/get") });
    expect(sender.lastMedia.fileName).toBe("€.pdf");
  });
});

describe("a medium that cannot be read", () => {
  const endless = (_: unknown, response: ServerResponse) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
    };
    response.on("drain", more);
    more();
  };

  it.each<
    [string, string, Record<string, (request: unknown, response: ServerResponse) => unknown>]
  >([
    ["is not there", "MEDIA_UNREADABLE", {}],
    ["is empty", "MEDIA_UNREADABLE", { "/": answer(Buffer.alloc(0)) }],
    ["never ends", "MEDIA_TOO_LARGE", { "/": endless }],
    [
      "says that it is too large",
      "MEDIA_TOO_LARGE",
      {
        "/": (_, response) =>
          response.writeHead(200, { "content-length": String(9 * MB) }).flushHeaders(),
      },
    ],
    [
      "is shorter than it says",
      "MEDIA_UNREADABLE",
      {
        "/": (_, response) => {
          response.writeHead(200, { "content-length": "500" });
          response.write(PDF, () => response.destroy());
        },
      },
    ],
    ["is compressed", "MEDIA_UNREADABLE", { "/": answer(PDF, { "content-encoding": "gzip" }) }],
    [
      "leads around for ever",
      "MEDIA_UNREADABLE",
      { "/": (_, response) => response.writeHead(302, { location: "/" }).end() },
    ],
    [
      "leads to no address",
      "MEDIA_UNREADABLE",
      { "/": (_, response) => response.writeHead(302, { location: "http://[" }).end() },
    ],
    [
      "leads to a file",
      "MEDIA_TARGET_REFUSED",
      { "/": (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end() },
    ],
    [
      "leads to this machine",
      "MEDIA_TARGET_REFUSED",
      { "/": (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end() },
    ],
    [
      "leads to cloud metadata",
      "MEDIA_TARGET_REFUSED",
      {
        "/": (_, response) =>
          response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
      },
    ],
    [
      "drips",
      "MEDIA_UNREADABLE",
      {
        "/": (_, response) => {
          const timer = setInterval(() => response.write("x"), 20);
          response.on("close", () => clearInterval(timer));
        },
      },
    ],
    ["never answers", "MEDIA_UNREADABLE", { "/": () => {} }],
  ])("because its URL %s", async (_, code, answers) => {
    await using world = worldOf();
    await using origin = await WebOrigin.open(answers);
    const sender = await Sender.open(world, {
      media: { readTimeoutMs: 1000 },
      // The name is trusted, and where it leads on to is not.
      webhooks: { allowPrivate: false, allowedHosts: ["localhost"] },
    });
    const sending = sender.document({ url: origin.url("/", "localhost") });
    await expect(sending).rejects.toMatchObject({ code });
    await sender.expectNothing();
  });

  it.each([
    "http://127.0.0.1:1/",
    "http://[::ffff:10.0.0.1]/",
    "http://169.254.169.254/",
    "http://localhost:1/",
  ])("because its URL is %s", async (url) => {
    await using world = worldOf();
    const sender = await Sender.open(world, { webhooks: { allowPrivate: false } });
    const refused = { code: "MEDIA_TARGET_REFUSED" };
    await expect(sender.document({ url })).rejects.toMatchObject(refused);
    await sender.expectNothing();
  });

  it.each<[string, (directory: string) => MediaSource, string]>([
    ["is no file", (directory) => ({ file: directory }), "MEDIA_UNREADABLE"],
    ["is a device", () => ({ file: "/dev/zero" }), "MEDIA_UNREADABLE"],
    ["is nowhere", () => ({ file: "/nowhere" }), "MEDIA_UNREADABLE"],
    [
      "is larger than the platform takes",
      () => ({ bytes: Buffer.alloc(8 * MB + 1) }),
      "MEDIA_TOO_LARGE",
    ],
    [
      "is a stream that fails",
      () => ({
        stream: new Readable({
          read() {
            this.destroy(new Error("no"));
          },
        }),
      }),
      "MEDIA_UNREADABLE",
    ],
    [
      "is a stream that says nothing",
      () => ({ stream: new Readable({ read() {} }) }),
      "MEDIA_UNREADABLE",
    ],
    [
      "is a stream of something else",
      () => ({ stream: Readable.from([{ a: 1 }]) }),
      "MEDIA_UNREADABLE",
    ],
    [
      "is a stream that never ends",
      () => ({
        stream: new Readable({
          read() {
            this.push(Buffer.alloc(65_536));
          },
        }),
      }),
      "MEDIA_TOO_LARGE",
    ],
  ])("because it %s", async (_, source, code) => {
    await using world = worldOf();
    const sender = await Sender.open(world, { media: { readTimeoutMs: 1000 } });
    const media = source(world.database.directory);
    await expect(sender.document(media)).rejects.toMatchObject({ code });
    if ("stream" in media) expect(media.stream).toMatchObject({ destroyed: true });
    await sender.expectNothing();
  });

  it("ends with the caller's signal and with the manager", async () => {
    await using world = worldOf();
    const sender = await Sender.open(world);
    const silent = () => ({ stream: new Readable({ read() {} }) });
    const controller = new AbortController();
    const aborted = sender.send({ type: "document", media: silent() }, "k", controller.signal);
    const refused = expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    controller.abort();
    await refused;
    const closed = expect(sender.document(silent())).rejects.toMatchObject({
      code: "MANAGER_CLOSED",
    });
    await new Promise((resolve) => setImmediate(resolve));
    await sender.manager.close();
    await closed;
    await sender.expectNothing();
  });

  it("is refused before it is read when the instance cannot send it, and its stream ends", async () => {
    await using world = new World(undefined, { capabilities: { outgoing: ["text"] } });
    const sender = await Sender.open(world);
    const stream = new Readable({ read() {} });
    const missing = { code: "CAPABILITY_MISSING" };
    await expect(sender.document({ stream })).rejects.toMatchObject(missing);
    expect(stream.destroyed).toBe(true);
  });

  it("because the disk is full, which is told as such", async () => {
    await using world = worldOf();
    // The kernel refuses every write to this device with ENOSPC; a directory cannot be made in it either.
    const sender = await Sender.open(world, { media: { directory: "/dev/full/media" } });
    const failed = { code: "MEDIA_STORE_FAILED", retryable: true };
    await expect(sender.document({ bytes: PDF })).rejects.toMatchObject(failed);
    expect(world.platform.delivered).toEqual([]);
  });
});
