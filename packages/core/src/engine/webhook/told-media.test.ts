import { expect, it } from "vitest";
import { WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

const PICTURE = Buffer.from("GIF89a, nearly");

it("webhooks tell a URL of each medium, and its bytes when they ask for them", async () => {
  await using sink = await WebSink.open();
  await using world = new World();
  const manager = await world.open({ media: { publicUrl: "https://bots.example.com" } });
  const { instance, session } = await world.connect(manager, {
    webhooks: [
      { url: sink.url("/plain") },
      { url: sink.url("/bytes"), mediaBase64: true },
      { url: sink.url("/s2"), shape: "instance-manager", mediaBase64: true },
    ],
  });
  const kept = world.platform.account(instance.id).media;
  const receive = async (id: string, bytes: Buffer) => {
    kept.set(id, bytes);
    const media = { id, mimeType: "image/gif", size: bytes.length, fileName: null };
    await session.receiveContent({ type: "image", media, caption: "look" });
  };
  await receive("small", PICTURE);
  await receive("large", Buffer.alloc(600_000));
  const bodies = async (path: string) => {
    const told = () => sink.at(path).filter(({ text }) => text.includes("look"));
    await expect.poll(() => told().length, { timeout: 20_000 }).toBe(2);
    return told().map(({ body }) => body);
  };
  const url = {
    url: expect.stringMatching(/^https:\/\/bots\.example\.com\/media\/[\w-]+\.[\w-]+$/),
    urlExpiresAt: expect.stringMatching(/Z$/),
  };
  const [plain] = await bodies("/plain");
  const medium = { id: "small", mimeType: "image/gif", size: PICTURE.length, fileName: null };
  expect(plain).toMatchObject({ data: { message: { content: { media: { ...medium, ...url } } } } });
  expect(JSON.stringify(plain)).not.toContain("base64");
  const base64 = PICTURE.toString("base64");
  expect(await bodies("/bytes")).toMatchObject([
    { data: { message: { content: { media: { ...url, base64 } } } } },
    { data: { message: { content: { media: { ...url, base64: null } } } } },
  ]);
  expect(await bodies("/s2")).toMatchObject([
    { message: { type: "image", body: "look", media: { ...medium, ...url, base64 } } },
    { message: { media: { id: "large", base64: null } } },
  ]);
  const [event] = await world.database.sql("select data from event where data like '%small%'");
  expect(event?.["data"]).not.toContain("bots.example.com");
});

it("a medium that cannot be fetched does not hold its message back; without a public URL none is told", async () => {
  await using sink = await WebSink.open();
  await using world = new World();
  const manager = await world.open();
  const { session } = await world.connect(manager, {
    webhooks: [{ url: sink.url(), mediaBase64: true, timeoutMs: 1000 }],
  });
  world.platform.openMedia = () => new Promise(() => {});
  const media = { id: "m", mimeType: "image/gif", size: 1, fileName: null };
  await session.receiveContent({ type: "image", media, caption: "look" });
  const told = () => sink.received.find(({ text }) => text.includes("look"))?.body;
  await expect.poll(told, { timeout: 20_000 }).toMatchObject({
    data: { message: { content: { media: { ...media, base64: null } } } },
  });
  expect(JSON.stringify(told())).not.toContain("url");
});
