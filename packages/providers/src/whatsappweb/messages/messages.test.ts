import { buffer } from "node:stream/consumers";
import type {
  DurableEventMap,
  DurableEventName,
  IncomingContent,
  InstanceManager,
  JournalEvent,
  OutgoingContent,
} from "@orquesta/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { WebPhone } from "../../testing/web/web-phone.ts";
import { WebWorld } from "../fixtures/web-world.ts";
import type { WhatsappWebProvider } from "../whatsappweb-provider.ts";
import { openMedia } from "./session-media.ts";

const WAIT = { timeout: 30_000, interval: 20 };
const ANA = "15550000002";
const BEN = "15550000003";
const CHAT = `${ANA}@s.whatsapp.net`;
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** The first bytes of files say what they are. */
const MP4 = Buffer.from("00000018667479706d703432000000006d70343269736f6d", "hex");
const MP3 = Buffer.concat([Buffer.from("fffb9044", "hex"), Buffer.alloc(413)]);
const OGG = Buffer.concat([
  Buffer.from("4f676753000200000000000000000000000000000000000000000113", "hex"),
  Buffer.from("OpusHead"),
  Buffer.alloc(32),
]);
const PDF = Buffer.from("%PDF-1.4\n%%EOF");

let world: WebWorld;
let manager: InstanceManager<[WhatsappWebProvider]>;
let id: string;
let me: WebPhone;
let ana: WebPhone;
const events: JournalEvent[] = [];

beforeAll(async () => {
  world = await WebWorld.open();
  ana = world.whatsapp.phone(ANA, "Ana");
  world.whatsapp.phone(BEN, "Ben");
  manager = world.manager();
  for (const name of [
    "message.received",
    "message.sent",
    "message.updated",
    "message.edited",
    "message.deleted",
    "message.reacted",
    "poll.voted",
    "call.received",
    "group.changed",
  ] as const) {
    manager.on(name, (event) => void events.push(event));
  }
  id = (await world.connect(manager)).id;
  me = world.phone();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function send(content: OutgoingContent, chatId = CHAT): Promise<string> {
  const view = await manager.send(id, chatId, content, { until: "sent", timeoutMs: 30_000 });
  expect(view).toMatchObject({ status: "sent" });
  return view.messageId;
}

async function eventOf<Name extends DurableEventName>(
  name: Name,
  matches: (data: DurableEventMap[Name]) => boolean,
): Promise<DurableEventMap[Name]> {
  return await vi.waitFor(() => {
    for (const event of events) {
      // Bridge: the name says which data it has.
      const data = event.data as DurableEventMap[Name];
      if (event.name === name && matches(data)) return data;
    }
    throw new Error(`no ${name}`);
  }, WAIT);
}

async function received(messageId: string) {
  const { message } = await eventOf("message.received", (data) => data.message.id === messageId);
  return message;
}

describe("what comes in", () => {
  const media = { size: PNG.length, fileName: null };
  const cases: readonly [string, () => string, IncomingContent][] = [
    [
      "text",
      () => ana.send(me.number, "*good* day").id,
      { type: "text", text: "*good* day", markdown: "**good** day" },
    ],
    [
      "location",
      () =>
        ana.sendMessage(me.number, { type: "location", lat: 1.5, lng: -2, loc: "Home\nStreet 1" })
          .id,
      { type: "location", latitude: 1.5, longitude: -2, name: "Home", address: "Street 1" },
    ],
    [
      "contacts",
      () =>
        ana.sendMessage(me.number, {
          type: "vcard",
          body: "BEGIN:VCARD\nVERSION:3.0\nFN:Ben\nTEL;waid=77:+77\nEND:VCARD",
        }).id,
      { type: "contacts", contacts: [{ name: "Ben", phones: ["+77"] }] },
    ],
    [
      "poll",
      () =>
        ana.sendMessage(me.number, {
          type: "poll_creation",
          pollName: "Lunch?",
          pollOptions: [
            { name: "yes", localId: 0 },
            { name: "no", localId: 1 },
          ],
          pollSelectableOptionsCount: 1,
        }).id,
      { type: "poll", question: "Lunch?", options: ["yes", "no"], multiple: false },
    ],
    [
      "what is unknown",
      () => ana.sendMessage(me.number, { type: "payment" }).id,
      { type: "unsupported", kind: "payment" },
    ],
  ];

  it.each(cases)("%s", async (_name, write, content) => {
    const message = await received(write());
    expect(message).toMatchObject({
      chatId: CHAT,
      chatType: "direct",
      content,
      quote: null,
      sender: { id: CHAT, phone: ANA, jid: CHAT, lid: ana.address.lid, name: "Ana" },
    });
  });

  it.each([
    ["image", "image", "image/png", { caption: "look" }],
    ["video", "video", "video/mp4", { caption: null }],
    ["document", "document", "application/pdf", { caption: null }],
    ["audio", "audio", "audio/mpeg", {}],
    ["ptt", "voice", "audio/ogg; codecs=opus", {}],
    ["sticker", "sticker", "image/webp", {}],
  ] as const)("%s, whose bytes are fetched later", async (type, kind, mimeType, more) => {
    const caption = "caption" in more && more.caption ? { caption: more.caption } : {};
    const written = ana.sendMedia(me.number, { type, bytes: PNG, mimeType, ...caption });
    const { content } = await received(written.id);
    expect(content).toMatchObject({ type: kind, media: { ...media, mimeType }, ...more });
    if (!("media" in content)) throw new Error("no media");
    const client = await world.client(manager, id);
    const { signal } = new AbortController();
    const bytes = await openMedia(client, content.media.id, signal);
    expect(Buffer.compare(await buffer(bytes), PNG)).toBe(0);
  });

  it("an answer, with mentions", async () => {
    const question = await send({ type: "text", text: "who?" });
    const answer = ana.send(me.number, "me", { quote: question, mentions: [me.number, BEN] });
    const own = `${me.number}@s.whatsapp.net`;
    expect(await received(answer.id)).toMatchObject({
      quote: { messageId: question, senderId: own, text: "who?" },
      mentions: [own, `${BEN}@s.whatsapp.net`],
      mentionsMe: true,
    });
  });

  it("edits, deletions, reactions and votes of others, and none of ours", async () => {
    const text = ana.send(me.number, "first");
    await received(text.id);
    ana.edit(text.id, "second");
    expect(await eventOf("message.edited", (data) => data.messageId === text.id)).toMatchObject({
      chatId: CHAT,
      sender: { id: CHAT },
      content: { type: "text", text: "second" },
    });
    const own = await send({ type: "poll", question: "?", options: ["a", "b"], multiple: true });
    ana.vote(own, ["b"]);
    const vote = await eventOf("poll.voted", (data) => data.messageId === own);
    expect(vote).toMatchObject({ voter: { id: CHAT }, options: ["b"] });
    ana.react(own, "👍");
    const reacted = await eventOf("message.reacted", (data) => data.messageId === own);
    expect(reacted).toMatchObject({ sender: { id: CHAT }, emojis: ["👍"] });
    ana.react(own, "");
    await eventOf("message.reacted", (data) => data.emojis.length === 0);
    ana.delete(text.id);
    const deleted = await eventOf("message.deleted", (data) => data.messageId === text.id);
    expect(deleted.sender?.id).toBe(CHAT);
  });

  it("what the account writes on its phone, once, and what it sends here, never as that", async () => {
    const byHand = me.send(ANA, "by hand");
    const sent = await eventOf(
      "message.sent",
      (data) => data.origin === "device" && data.message.id === byHand.id,
    );
    expect(sent).toMatchObject({ message: { chatId: CHAT, content: { text: "by hand" } } });
    const here = await send({ type: "text", text: "from here" });
    ana.acknowledge(here, 3);
    await eventOf("message.updated", (data) => data.messageId === here && data.status === "read");
    const devices = events.filter(
      (event) =>
        event.name === "message.sent" &&
        event.data.origin === "device" &&
        event.data.message.id === here,
    );
    expect(devices).toEqual([]);
  });

  it("calls, which can be refused", async () => {
    const callId = ana.call(me.number, { video: true });
    const call = await eventOf("call.received", (data) => data.callId === callId);
    expect(call).toMatchObject({ caller: { id: CHAT }, video: true, rejected: false });
    await manager.calls.reject(id, callId);
    await ana.waitFor((one) => one.kind === "call_rejected" && one.callId === callId);
  });
});

describe("what goes out", () => {
  const file = (bytes: Uint8Array) => ({ bytes, fileName: "f.bin" });

  it.each([
    [
      { type: "text", text: "**hi** there", format: "markdown" },
      { type: "chat", body: "*hi* there" },
    ],
    [
      { type: "image", media: file(PNG), caption: "look", viewOnce: true },
      { type: "image", caption: "look", isViewOnce: true, mimetype: "image/png" },
    ],
    [
      { type: "video", media: file(MP4), gif: true },
      { type: "video", isGif: true },
    ],
    [{ type: "audio", media: file(MP3) }, { type: "audio" }],
    [
      { type: "document", media: file(PDF), caption: "read" },
      { type: "document", filename: "f.bin", caption: "read" },
    ],
    [{ type: "voice", media: file(OGG) }, { type: "ptt" }],
    [
      { type: "sticker", media: file(PNG) },
      { type: "sticker", mimetype: "image/webp" },
    ],
    [
      { type: "location", latitude: 1.5, longitude: -2, name: "Home", address: "Street 1" },
      { type: "location", lat: 1.5, lng: -2, loc: "Home\nStreet 1" },
    ],
    [
      { type: "poll", question: "Lunch?", options: ["yes", "no"] },
      { type: "poll_creation", pollName: "Lunch?", pollSelectableOptionsCount: 1 },
    ],
    [
      { type: "contacts", contacts: [{ name: "Ben", phones: ["+77"] }] },
      { type: "vcard", vcardFormattedName: "Ben", body: expect.stringContaining("waid=77:+77") },
    ],
    [
      {
        type: "contacts",
        contacts: [
          { name: "Ben", phones: ["+77"] },
          { name: "Eva", phones: ["+78"] },
        ],
      },
      { type: "multi_vcard", vcardList: [{ displayName: "Ben" }, { displayName: "Eva" }] },
    ],
  ] as [OutgoingContent, object][])("%o", async (content, arrived) => {
    const messageId = await send(content);
    const shown = ana.received.find(({ id: written }) => written === messageId);
    expect(shown?.attributes).toMatchObject(arrived);
    const path = shown?.attributes["directPath"];
    if ("media" in content) expect(typeof path).toBe("string");
  });

  it("an answer that names somebody", async () => {
    const question = ana.send(me.number, "question");
    await received(question.id);
    const mentions = [`${BEN}@s.whatsapp.net`];
    const messageId = await send({
      type: "text",
      text: `@${BEN}`,
      quoteMessageId: question.id,
      mentions,
    });
    const shown = ana.received.find((written) => written.id === messageId);
    expect(shown?.attributes).toMatchObject({
      quotedStanzaID: question.id,
      mentionedJidList: [`${BEN}@c.us`],
    });
  });

  it("reactions, edits and deletions", async () => {
    const theirs = ana.send(me.number, "like me");
    await received(theirs.id);
    await send({ type: "reaction", messageId: theirs.id, emoji: "🎉" });
    await ana.waitFor((one) => one.kind === "reaction" && one.text === "🎉");
    await send({ type: "reaction", messageId: theirs.id, emoji: null });
    await ana.waitFor((one) => one.kind === "reaction" && one.text === "");
    const ours = await send({ type: "text", text: "tpyo" });
    await send({ type: "edit", messageId: ours, text: "typo" });
    expect(ana.received.find((one) => one.id === ours)?.attributes["body"]).toBe("typo");
    await send({ type: "delete", messageId: ours });
    expect(ana.received.find((one) => one.id === ours)?.isRevoked).toBe(true);
  });

  it.each([
    ["to nobody", "15559999999@s.whatsapp.net", { type: "text", text: "hello?" }],
    ["about an unknown message", CHAT, { type: "edit", messageId: "nope", text: "x" }],
  ] as [string, string, OutgoingContent][])("is refused %s", async (_name, chatId, content) => {
    const view = await manager.send(id, chatId, content, { until: "sent", timeoutMs: 30_000 });
    expect(view).toMatchObject({ status: "failed", error: { code: "SEND_REJECTED" } });
  });

  it("is refused when it is not ours, or too late", async () => {
    const theirs = ana.send(me.number, "mine");
    await received(theirs.id);
    const ours = await send({ type: "text", text: "old" });
    world.whatsapp.age(ours, 16 * 60_000);
    const refused = { status: "failed", error: { code: "SEND_REJECTED" } };
    for (const content of [
      { type: "edit", messageId: theirs.id, text: "x" },
      { type: "delete", messageId: theirs.id },
      { type: "edit", messageId: ours, text: "new" },
    ] as const) {
      const view = await manager.send(id, CHAT, content, { until: "sent", timeoutMs: 30_000 });
      expect(view).toMatchObject(refused);
    }
    expect(ana.received.find((one) => one.id === ours)?.attributes["body"]).toBe("old");
  });
});
