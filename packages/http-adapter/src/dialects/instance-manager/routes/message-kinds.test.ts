import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { OutgoingKind } from "@orquesta/core";
import { sampleFiles } from "@orquesta/core/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTestApi } from "../../../test-api.ts";
import { SEND_EXAMPLES } from "../schemas/outgoing/send-examples.ts";

const TO = "15550002222";
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

async function setUp(...options: Parameters<typeof createTestApi>) {
  const api = createTestApi(...options);
  const { id, path } = await api.createConnected();
  const send = async (body: object) => await api.call("POST", `${path}/messages`, { body });
  const sent = async (body: object) => {
    const { status, body: answer } = await send({ to: TO, ...body });
    expect([status, answer.data?.status ?? answer], JSON.stringify(body)).toEqual([200, "sent"]);
    return String(answer.data.message_id);
  };
  return { ...api, id, path, send, sent, account: api.platform.account(id) };
}

/** A real server with one file. */
async function serve(bytes: Uint8Array): Promise<string> {
  const server = createServer((_request, response) => response.end(bytes)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}/cat.png`;
}

describe("messages of every kind", () => {
  it("takes texts with all they may have", async () => {
    const { sent, account, platform } = await setUp();
    const quoted = await sent({ text: "first" });
    await sent({
      type: "text",
      text: "a **bold** word",
      format: "markdown",
      mentions: [TO],
      link_preview: false,
      quote_message_id: quoted,
    });
    expect(account.messages.at(-1)).toMatchObject({
      text: "a bold word",
      bold: ["bold"],
      mentions: [TO],
      quotedId: quoted,
    });
    expect(platform.delivered.at(-1)?.message.content).toMatchObject({ linkPreview: false });
  });

  it.each([
    ["image", sampleFiles.PNG, { caption: "c", view_once: true }],
    ["video", sampleFiles.MP4, { caption: "c", gif: true }],
    ["audio", sampleFiles.MP3, {}],
    ["voice", sampleFiles.OGG_OPUS, { view_once: true }],
    ["document", sampleFiles.PDF, { caption: "c" }],
    ["sticker", sampleFiles.WEBP, {}],
  ])("takes %s as base64", async (type, bytes, more) => {
    const { sent, account } = await setUp();
    const media = { base64: base64(bytes), file_name: "one.bin", mime_type: "application/pdf" };
    await sent({ type, media, ...more });
    const arrived = account.messages.at(-1);
    expect(arrived).toMatchObject({ kind: type, text: "caption" in more ? "c" : null });
    expect(Buffer.from(arrived?.bytes ?? [])).toEqual(Buffer.from(bytes));
    if (type === "document") expect(arrived?.fileName).toBe("one.bin");
  });

  it("takes media by their URL, and by the id under which they came", async () => {
    const { sent, account, id, session } = await setUp();
    await sent({ type: "image", media: { url: await serve(sampleFiles.PNG) } });
    expect(account.messages.at(-1)).toMatchObject({ kind: "image", fileName: "cat.png" });
    expect(Buffer.from(account.messages.at(-1)?.bytes ?? [])).toEqual(Buffer.from(sampleFiles.PNG));
    account.media.set("m1", sampleFiles.JPEG);
    await (await session(id)).receiveContent({
      type: "image",
      media: { id: "m1", mimeType: "image/jpeg", size: null, fileName: null },
      caption: null,
    });
    await sent({ type: "image", media: { media_id: "m1" } });
    expect(Buffer.from(account.messages.at(-1)?.bytes ?? [])).toEqual(
      Buffer.from(sampleFiles.JPEG),
    );
  });

  it("takes places, cards, polls, albums, stories and menus", async () => {
    const { sent, account } = await setUp();
    const last = () => account.messages.at(-1);
    const { chat_id: _chat, ...place } = SEND_EXAMPLES.location;
    await sent(place);
    expect(last()?.place).toMatchObject({ latitude: -23.5505, name: "Office" });
    const { chat_id: _cards, ...contacts } = SEND_EXAMPLES.contacts;
    await sent(contacts);
    expect(last()?.cards).toEqual([
      { name: "Ana", phones: ["+55 11 98888-7777"], organization: "Acme" },
    ]);
    const { chat_id: _poll, ...poll } = SEND_EXAMPLES.poll;
    await sent({ ...poll, multiple: true });
    expect(last()).toMatchObject({ kind: "poll", options: ["Pizza", "Salad"] });
    await sent({
      type: "album",
      items: [
        { type: "image", media: { base64: base64(sampleFiles.PNG) }, caption: "one" },
        { type: "video", media: { base64: base64(sampleFiles.MP4) } },
      ],
    });
    expect(account.messages.slice(-2)).toMatchObject([
      { kind: "image", text: "one" },
      { kind: "video" },
    ]);
    const story = { type: "image", media: { base64: base64(sampleFiles.PNG) }, caption: "today" };
    const status = { type: "status", story, audience: [TO], background_color: "#008069" };
    await sent({ to: "status@broadcast", ...status });
    expect(last()).toMatchObject({ chatId: "status@broadcast", kind: "image", text: "today" });
    for (const kind of ["buttons", "list"] as const) {
      const { chat_id: _menu, ...menu } = SEND_EXAMPLES[kind];
      await sent(menu);
      expect(last()?.text).toContain(kind === "list" ? "Tea" : "Yes");
    }
  });

  it("changes what was sent: reactions, edits, deletions, forwards", async () => {
    const { sent, account, platform } = await setUp();
    const message_id = await sent({ text: "one" });
    const message = () => account.find(message_id);
    await sent({ type: "reaction", message_id, emoji: "👍" });
    expect(message()?.reactions).toEqual(["👍"]);
    await sent({ type: "reaction", message_id, emoji: null });
    expect(message()?.reactions).toEqual([]);
    await sent({ type: "edit", message_id, text: "two" });
    expect(message()).toMatchObject({ text: "two", edited: true });
    await sent({ type: "forward", to: "15550003333", message_id, from_chat_id: `+${TO}` });
    expect(account.messages.at(-1)).toMatchObject({ chatId: "15550003333", forwarded: true });
    expect(platform.delivered.at(-1)?.message.content).toMatchObject({ fromChatId: TO });
    await sent({ type: "delete", message_id });
    expect(message()?.deleted).toBe(true);
  });

  const PICTURE = { base64: base64(sampleFiles.PNG) };

  it.each<[OutgoingKind, object, string]>([
    ["text", { text: "hi", caption: "x" }, "caption"],
    ["text", { text: "hi", format: "html" }, "format"],
    ["text", { text: "hi", mentions: "some" }, "mentions"],
    ["image", {}, "media"],
    ["image", { media: {} }, "media: must have exactly one of url, base64 and media_id"],
    ["image", { media: { ...PICTURE, url: "https://example.com/a.png" } }, "media: must have"],
    ["image", { media: { url: "ftp://example.com/a.png" } }, "media.url"],
    ["image", { media: { url: "cat.png" } }, "media.url"],
    ["image", { media: { base64: "data:image/png;base64,aGk=" } }, "media.base64: must be base64"],
    ["image", { media: { base64: "a" } }, "media.base64"],
    ["image", { media: { base64: "=abc" } }, "media.base64"],
    ["image", { media: { file: "/etc/passwd" } }, "file"],
    ["image", { media: { ...PICTURE, mime_type: "png" } }, "media.mime_type"],
    ["image", { media: { ...PICTURE, file_name: "" } }, "media.file_name"],
    ["image", { media: PICTURE, viewOnce: true }, "viewOnce"],
    ["video", { media: { media_id: "" } }, "media.media_id"],
    ["audio", { media: PICTURE, caption: "c" }, "caption"],
    ["voice", { media: "https://example.com/a.ogg" }, "media"],
    ["document", { media: { media_id: 1 } }, "media.media_id"],
    ["sticker", { media: [] }, "media"],
    ["location", { latitude: 91, longitude: 0 }, "latitude"],
    ["contacts", { contacts: [{ name: "Ana", phones: [] }] }, "contacts.0.phones"],
    ["poll", { question: "?", options: ["a"] }, "options"],
    ["poll", { question: "?", options: ["a", "a"] }, "options: must differ"],
    ["reaction", { message_id: "1" }, "emoji"],
    ["edit", { text: "x" }, "message_id"],
    ["delete", { messageId: "1" }, "message_id"],
    ["forward", { message_id: "1" }, "from_chat_id"],
    ["buttons", { text: "x", buttons: [{ title: "y" }] }, "buttons.0: must have a title"],
    ["list", { text: "x", sections: [{ rows: [{ id: "1" }] }] }, "sections.0.rows.0.title"],
    ["album", { items: [{ type: "image", media: PICTURE }] }, "items"],
    ["album", { items: [{ type: "audio", media: PICTURE }, {}] }, "items.0.type"],
    ["status", { audience: [TO], story: { type: "poll" } }, "story.type"],
    ["status", { audience: [TO], story: { type: "image", media: {} } }, "story.media"],
  ])("refuses %s with %j", async (type, body, words) => {
    const { send, platform } = await setUp();
    const answer = await send({ to: TO, type, ...body });
    expect([answer.status, answer.body.code]).toEqual([400, "VALIDATION_FAILED"]);
    expect(answer.body.error).toContain(words);
    expect(platform.delivered).toEqual([]);
  });

  it("says which kinds there are", async () => {
    const { send } = await setUp();
    const { body } = await send({ to: TO, type: "smoke" });
    expect(body.error).toBe(`type: must be one of ${Object.keys(SEND_EXAMPLES).join(", ")}`);
  });

  it("tells why a medium was refused, and sends nothing", async () => {
    const { send, platform } = await setUp();
    const code = async (type: OutgoingKind, media: object) => {
      const { status, body } = await send({ to: TO, type, media });
      return [status, body.code];
    };
    const text = Buffer.from("no picture").toString("base64");
    expect(await code("image", { base64: text })).toEqual([400, "MEDIA_UNREADABLE"]);
    const metadata = { url: "http://169.254.169.254/latest" };
    expect(await code("document", metadata)).toEqual([400, "MEDIA_TARGET_REFUSED"]);
    expect(await code("document", { media_id: "unknown" })).toEqual([404, "MEDIA_NOT_FOUND"]);
    expect(platform.delivered).toEqual([]);
  });

  it("takes larger bodies than other routes, up to a limit that it names", async () => {
    const { path, call, sent, account } = await setUp({ maxMessageBodyBytes: 3_000_000 });
    const medium = (bytes: number) => ({ base64: Buffer.alloc(bytes, "a").toString("base64") });
    await sent({ type: "document", media: medium(2_000_000) });
    expect(account.messages.at(-1)?.bytes).toHaveLength(2_000_000);
    const body = { to: TO, type: "document", media: medium(2_400_000) };
    const refused = await call("POST", `${path}/messages`, { body });
    expect(refused.status).toBe(413);
    expect(refused.body).toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
      error: "the request body is too large: it may have 3000000 bytes",
    });
  });

  it("tells which kinds a platform cannot send", async () => {
    const { send } = await setUp({}, { capabilities: { outgoing: ["text"] } });
    const { status, body } = await send({ ...SEND_EXAMPLES.poll, chat_id: TO });
    expect([status, body.code]).toEqual([501, "CAPABILITY_MISSING"]);
    expect(body.error).toBe("fake cannot send poll; it can send text, buttons, list");
  });
});
