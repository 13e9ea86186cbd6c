import type { OutboxMessage } from "@orquesta/core";
import { expect, test } from "vitest";
import { AccountBench } from "../fixtures/account-bench.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const BEN = "5511977776666";
const WAIT = { timeout: 10_000, interval: 5 };

type Content = OutboxMessage["content"];

const bytes = Buffer.from("a medium of the account");

test("every kind arrives as it should, media with their bytes", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  const refused: string[] = [];
  bench.whatsapp.events.on("refused", ({ reason }) => refused.push(reason));
  const shown = async (content: Content) => {
    const messageId = await bench.send(session, ana.jid, content);
    const message = await ana.waitFor(({ id }) => id === messageId);
    return { ...message, messageId };
  };
  const keep = (mimeType: string, more = {}) => instance.keep(bytes, mimeType, more);
  const markdown = "**Hi** [Ben](mention:5511977776666@s.whatsapp.net)";
  const text = await shown({ type: "text", text: markdown, format: "markdown" });
  expect(text.text).toBe("*Hi* @5511977776666");
  const media: { content: Content; field: string; says: object }[] = [
    {
      content: {
        type: "image",
        media: keep("image/png"),
        caption: "_look_ **here**",
        format: "markdown",
        quoteMessageId: text.id,
      },
      field: "imageMessage",
      says: {
        mimetype: "image/png",
        caption: "_look_ *here*",
        contextInfo: { stanzaId: text.id, quotedMessage: { conversation: text.text } },
      },
    },
    {
      content: { type: "image", media: keep("image/png"), viewOnce: true },
      field: "imageMessage",
      says: { viewOnce: true },
    },
    {
      content: { type: "video", media: keep("video/mp4", { seconds: 2.4 }), gif: true },
      field: "videoMessage",
      says: { gifPlayback: true, seconds: 2 },
    },
    {
      content: { type: "audio", media: keep("audio/mpeg") },
      field: "audioMessage",
      says: { ptt: false, mimetype: "audio/mpeg" },
    },
    {
      content: { type: "voice", media: keep("audio/ogg", { seconds: 7 }) },
      field: "audioMessage",
      says: { ptt: true, seconds: 7, mimetype: "audio/ogg; codecs=opus" },
    },
    {
      content: {
        type: "document",
        media: keep("application/pdf", { fileName: "a.pdf" }),
        caption: "read",
      },
      field: "documentMessage",
      says: { fileName: "a.pdf", caption: "read" },
    },
    {
      content: { type: "sticker", media: keep("image/webp") },
      field: "stickerMessage",
      says: { mimetype: "image/webp" },
    },
  ];
  for (const { content, field, says } of media) {
    const message = await shown(content);
    expect(message.content).toMatchObject({ [field]: says });
    expect(ana.openMedia(message.messageId)).toEqual(bytes);
  }
  const place = { latitude: -23.5, longitude: -46.6, name: "Here" };
  expect((await shown({ type: "location", ...place })).content).toMatchObject({
    locationMessage: { degreesLatitude: -23.5, degreesLongitude: -46.6, name: "Here" },
  });
  const ben = { name: "Ben", phones: ["+55 11 97777-6666"] };
  expect((await shown({ type: "contacts", contacts: [ben] })).content).toMatchObject({
    contactMessage: { vcard: expect.stringContaining("waid=5511977776666:+55 11 97777-6666") },
  });
  expect((await shown({ type: "contacts", contacts: [ben, ben] })).content).toMatchObject({
    contactsArrayMessage: { contacts: [{ displayName: "Ben" }, { displayName: "Ben" }] },
  });
  const poll = { type: "poll" as const, question: "When?", options: ["now", "later"] };
  expect((await shown(poll)).content).toMatchObject({
    pollCreationMessageV3: { name: "When?", selectableOptionsCount: 1 },
  });
  expect((await shown({ ...poll, multiple: true })).content).toMatchObject({
    pollCreationMessage: { options: [{ optionName: "now" }, { optionName: "later" }] },
  });
  expect([refused, ana.decryptionFailures]).toEqual([[], []]);
});

test("mentions in a group: some, and everybody; a quote of what somebody else sent", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const [ana, ben] = [bench.whatsapp.peer(ANA), bench.whatsapp.peer(BEN)];
  const group = bench.whatsapp.group("Team", [ANA, BEN, ACCOUNT]);
  const image = await ben.sendMedia(group.jid, "image", bytes, { caption: "theirs" });
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  const medium = instance.keep(bytes, "image/png");
  const content: Content = { type: "image", media: medium, caption: "@all", mentions: "all" };
  const all = await bench.send(session, group.jid, { ...content, quoteMessageId: image.id });
  const shown = await ana.waitFor(({ id }) => id === all);
  expect(shown.content?.imageMessage?.contextInfo).toMatchObject({
    nonJidMentions: 1,
    stanzaId: image.id,
    participant: ben.lid,
    quotedMessage: { imageMessage: { caption: "theirs" } },
  });
  const named = { ...content, caption: "@5511977776666", mentions: [ben.jid] };
  const some = await bench.send(session, group.jid, named);
  const other = await ana.waitFor(({ id }) => id === some);
  expect(other.content?.imageMessage?.contextInfo?.mentionedJid).toEqual([ben.jid]);
  await expect(bench.send(session, ana.jid, content)).rejects.toMatchObject({
    code: "SEND_REJECTED",
  });
});

test("reactions, edits, deletions and forwards name the message that they mean", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const [ana, ben] = [bench.whatsapp.peer(ANA), bench.whatsapp.peer(BEN)];
  const own = bench.whatsapp.group("Own", [ACCOUNT, ANA, BEN]);
  const others = bench.whatsapp.group("Others", [ANA, BEN, ACCOUNT]);
  const heard = await ben.sendMedia(own.jid, "image", bytes, { caption: "*look*" });
  const foreign = await ben.send(others.jid, "hello");
  await expect.poll(() => instance.received.length, WAIT).toBe(2);
  const keyOfBen = { id: heard.id, remoteJid: own.jid, fromMe: false, participant: ben.lid };
  const sent = async (chatId: string, content: Content, by = ana) => {
    const messageId = await bench.send(session, chatId, content);
    return (await by.waitFor(({ id }) => id === messageId)).content;
  };
  const messageId = heard.id;
  expect(await sent(own.jid, { type: "reaction", messageId, emoji: "👍" })).toMatchObject({
    reactionMessage: { key: keyOfBen, text: "👍" },
  });
  expect(await sent(own.jid, { type: "reaction", messageId, emoji: null })).toMatchObject({
    reactionMessage: { key: keyOfBen, text: "" },
  });
  expect(await sent(own.jid, { type: "delete", messageId })).toMatchObject({
    protocolMessage: { key: keyOfBen, type: 0 },
  });
  const medium = instance.keep(bytes, "image/png");
  const image = await bench.send(session, ana.jid, { type: "image", media: medium, caption: "a" });
  const edit = {
    type: "edit" as const,
    messageId: image,
    text: "**b**",
    format: "markdown" as const,
  };
  expect(await sent(ana.jid, edit)).toMatchObject({
    protocolMessage: {
      key: { id: image, fromMe: true },
      type: 14,
      editedMessage: { imageMessage: { caption: "*b*", mimetype: "image/png" } },
    },
  });
  expect(await sent(ana.jid, { type: "delete", messageId: image })).toMatchObject({
    protocolMessage: { key: { id: image, fromMe: true }, type: 0 },
  });
  const forward = { type: "forward" as const, messageId, fromChatId: own.jid };
  const forwarded = await bench.send(session, ana.jid, forward);
  expect((await ana.waitFor(({ id }) => id === forwarded)).content).toMatchObject({
    imageMessage: { caption: "*look*", contextInfo: { isForwarded: true, forwardingScore: 1 } },
  });
  expect(ana.openMedia(forwarded)).toEqual(bytes);
  const refusals: [string, Content][] = [
    [own.jid, { type: "reaction", messageId: "UNKNOWN", emoji: "👍" }],
    // The id is of another chat.
    [ana.jid, { type: "reaction", messageId, emoji: "👍" }],
    [own.jid, { type: "edit", messageId, text: "not ours" }],
    [own.jid, { ...forward, fromChatId: ana.jid }],
    // Only its admin takes messages of others away.
    [others.jid, { type: "delete", messageId: foreign.id }],
    [ana.jid, { type: "sticker", media: medium }],
    ["status@broadcast", { type: "text", text: "no story" }],
  ];
  for (const [chatId, content] of refusals) {
    await expect(bench.send(session, chatId, content)).rejects.toMatchObject({
      code: "SEND_REJECTED",
    });
  }
});

test("a story reaches its audience, and nobody else", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const [ana, ben] = [bench.whatsapp.peer(ANA), bench.whatsapp.peer(BEN)];
  const story = (content: Extract<Content, { type: "status" }>["story"]): Content => ({
    type: "status",
    story: content,
    audience: [ana.jid],
    backgroundColor: "#336699",
  });
  const text = await bench.send(session, "status@broadcast", story({ type: "text", text: "day" }));
  const shown = await ana.waitFor(({ id }) => id === text);
  expect(shown).toMatchObject({ chat: "status@broadcast", text: "day" });
  const media = instance.keep(bytes, "image/png");
  const image = await bench.send(session, "status@broadcast", story({ type: "image", media }));
  await ana.waitFor(({ id }) => id === image);
  expect(ana.openMedia(image)).toEqual(bytes);
  const { sent } = bench.whatsapp.phone(ACCOUNT);
  await expect.poll(() => sent.length, WAIT).toBe(2);
  expect(ben.received).toEqual([]);
});
