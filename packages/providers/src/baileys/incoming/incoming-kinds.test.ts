import type { DurableEvent, IncomingContent } from "@orquesta/core";
import { expect, test } from "vitest";
import { AccountBench } from "../fixtures/account-bench.ts";
import type { MemoryInstance } from "../fixtures/memory-context.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const BEN = "5511977776666";
const WAIT = { timeout: 10_000, interval: 5 };

const bytes = Buffer.from("a medium");
const SIZE = bytes.length;

function eventsOf<Name extends DurableEvent["name"]>(
  { events }: MemoryInstance,
  name: Name,
): DurableEvent<Name>["data"][] {
  // `name` tells the event's type.
  return events.filter((event) => event.name === name).map(({ data }) => data) as never;
}

test("every kind of message, of others and of the account's own phone", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA, { name: "Ana" });
  const medium = (mimeType: string) => ({
    id: expect.stringMatching(/^[0-9a-f]{40}$/),
    mimeType,
    size: SIZE,
    fileName: null,
  });
  const image = { caption: "*look* at @5511977776666", mimeType: "image/png" };
  await ana.sendMedia(ACCOUNT, "image", bytes, image);
  await ana.sendMedia(ACCOUNT, "video", bytes, { gif: true, seconds: 3 });
  await ana.sendMedia(ACCOUNT, "image", bytes, { viewOnce: true });
  await ana.sendMedia(ACCOUNT, "audio", bytes, { seconds: 4, mimeType: "audio/mpeg" });
  await ana.sendMedia(ACCOUNT, "audio", bytes, { voice: true, seconds: 5 });
  await ana.sendMedia(ACCOUNT, "document", bytes, { fileName: "a.pdf", caption: "read" });
  await ana.sendMedia(ACCOUNT, "sticker", bytes);
  const place = { degreesLatitude: -23.5, degreesLongitude: -46.6 };
  const named = { ...place, name: "Here", address: "Street 1" };
  const vcard = "BEGIN:VCARD\nFN:Ben\nTEL;waid=5511977776666:+55 11 97777-6666\nEND:VCARD";
  const card = { displayName: "Ben", vcard };
  const reply = { selectedButtonId: "yes", selectedDisplayText: "Yes" };
  const contextInfo = { stanzaId: "MENU", participant: `${ACCOUNT}@s.whatsapp.net` };
  for (const message of [
    { locationMessage: named },
    { liveLocationMessage: place },
    { contactMessage: card },
    { contactsArrayMessage: { contacts: [card, card] } },
    { buttonsResponseMessage: { ...reply, contextInfo } },
    {
      listResponseMessage: { title: "Row", singleSelectReply: { selectedRowId: "r" }, contextInfo },
    },
    { extendedTextMessage: { text: "*bold* text" } },
  ]) {
    await ana.sendMessage(ACCOUNT, message);
  }
  await ana.sendPoll(ACCOUNT, "When?", ["now", "later"]);
  const own = bench.whatsapp.phone(ACCOUNT).sendMessage(ANA, { locationMessage: named });
  const ben = { name: "Ben", phones: ["+55 11 97777-6666"] };
  const at = { type: "location", latitude: -23.5, longitude: -46.6 };
  const here = { ...at, name: "Here", address: "Street 1" };
  const expected: IncomingContent[] = [
    {
      type: "image",
      media: medium("image/png"),
      caption: image.caption,
      markdown: "**look** at @5511977776666",
    },
    { type: "video", media: { ...medium("video/mp4"), seconds: 3 }, caption: null, gif: true },
    { type: "image", media: medium("image/jpeg"), caption: null, viewOnce: true },
    { type: "audio", media: { ...medium("audio/mpeg"), seconds: 4 } },
    { type: "voice", media: { ...medium("audio/ogg; codecs=opus"), seconds: 5 } },
    {
      type: "document",
      media: { ...medium("application/pdf"), fileName: "a.pdf" },
      caption: "read",
    },
    { type: "sticker", media: medium("image/webp") },
    here as IncomingContent,
    { ...at, name: null, address: null, live: true } as IncomingContent,
    { type: "contacts", contacts: [ben] },
    { type: "contacts", contacts: [ben, ben] },
    { type: "choice", menuMessageId: "MENU", id: "yes", title: "Yes" },
    { type: "choice", menuMessageId: "MENU", id: "r", title: "Row" },
    { type: "text", text: "*bold* text", markdown: "**bold** text" },
    { type: "poll", question: "When?", options: ["now", "later"], multiple: false },
  ];
  await expect.poll(() => instance.received.length, WAIT).toBe(expected.length);
  expect(instance.received.map(({ content }) => content)).toEqual(expected);
  await expect.poll(() => instance.sentElsewhere.length, WAIT).toBe(1);
  expect(instance.sentElsewhere).toMatchObject([{ id: own.id, chatId: ana.jid, content: here }]);
  expect(
    new Set(instance.received.map(({ content }) => "media" in content && content.media.id)).size,
  ).toBe(8);
  // What opens a medium is with the keys, in the same commit, and nowhere in the events.
  for (const { events = [], keys = [] } of instance.commits) {
    const media = events.filter((event) => JSON.stringify(event).includes('"mimeType"'));
    expect(keys.filter(({ type }) => type === "media")).toHaveLength(media.length);
    expect(JSON.stringify(events)).not.toMatch(/mediaKey|directPath/);
  }
  expect(bench.whatsapp.retries(ACCOUNT)).toEqual([]);
});

test("mentions, forwards, albums and quotes of every kind", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  const ben = bench.whatsapp.peer(BEN);
  const me = `${ACCOUNT}@s.whatsapp.net`;
  const quoted = (quotedMessage: object) => ({
    extendedTextMessage: {
      text: "re",
      contextInfo: { stanzaId: "Q", participant: me, quotedMessage },
    },
  });
  const AssociationType = { MEDIA_ALBUM: 1 };
  const messageAssociation = {
    associationType: AssociationType.MEDIA_ALBUM,
    parentMessageKey: { id: "ALBUM" },
  };
  for (const message of [
    { extendedTextMessage: { text: "@x", contextInfo: { mentionedJid: [me, ben.jid, ben.jid] } } },
    { extendedTextMessage: { text: "@all", contextInfo: { nonJidMentions: 1 } } },
    {
      extendedTextMessage: { text: "fwd", contextInfo: { isForwarded: true, forwardingScore: 1 } },
    },
    { imageMessage: { mimetype: "image/png" }, messageContextInfo: { messageAssociation } },
    quoted({ imageMessage: { caption: "a caption" } }),
    quoted({ pollCreationMessage: { name: "a question" } }),
    quoted({ audioMessage: { ptt: true } }),
  ]) {
    await ana.sendMessage(ACCOUNT, message);
  }
  await expect.poll(() => instance.received.length, WAIT).toBe(7);
  expect(instance.received).toMatchObject([
    { mentions: [me, ben.jid], mentionsMe: true },
    { mentionsMe: true },
    { forwarded: true },
    { albumId: "ALBUM" },
    { quote: { messageId: "Q", senderId: me, text: "a caption" } },
    { quote: { text: "a question" } },
    { quote: { text: null } },
  ]);
  expect(instance.received[2]).not.toHaveProperty("mentionsMe");
});

test("edits, deletions and reactions are events of their own, once each", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  const [ana, ben] = [bench.whatsapp.peer(ANA), bench.whatsapp.peer(BEN)];
  const group = bench.whatsapp.group("Team", [ANA, BEN, ACCOUNT]);
  const text = await ana.send(group.jid, "one");
  const image = await ana.sendMedia(ACCOUNT, "image", bytes, { caption: "old" });
  await expect.poll(() => instance.received.length, WAIT).toBe(2);
  await ana.edit(group.jid, text.id, "*two*");
  // Whoever did not write it cannot change what it says.
  await ben.edit(group.jid, text.id, "forged");
  await ana.edit(ACCOUNT, image.id, { imageMessage: { caption: "new", mimetype: "image/jpeg" } });
  await ben.react(group.jid, text.id, "👍");
  await ben.react(group.jid, text.id, null);
  await ana.delete(group.jid, text.id);
  bench.whatsapp.phone(ACCOUNT).sendMessage(ANA, {
    reactionMessage: { key: { id: image.id, remoteJid: ana.jid }, text: "❤️" },
  });
  await expect.poll(() => eventsOf(instance, "message.reacted").length, WAIT).toBe(3);
  await expect.poll(() => bench.whatsapp.pending(ACCOUNT), WAIT).toEqual([]);
  const inGroup = { chatId: group.jid, messageId: text.id };
  const [, original] = instance.received;
  const media = original?.content.type === "image" ? original.content.media.id : "";
  expect(eventsOf(instance, "message.edited")).toMatchObject([
    {
      ...inGroup,
      sender: { id: ana.jid },
      content: { type: "text", text: "*two*", markdown: "**two**" },
    },
    {
      chatId: ana.jid,
      messageId: image.id,
      content: { type: "image", caption: "new", media: { id: media } },
    },
  ]);
  expect(eventsOf(instance, "message.reacted")).toMatchObject([
    { ...inGroup, sender: { id: ben.jid }, emojis: ["👍"] },
    { ...inGroup, sender: { id: ben.jid }, emojis: [] },
    { chatId: ana.jid, messageId: image.id, sender: { phone: ACCOUNT }, emojis: ["❤️"] },
  ]);
  expect(eventsOf(instance, "message.deleted")).toMatchObject([
    { ...inGroup, sender: { id: ana.jid } },
  ]);
  expect(instance.received).toHaveLength(2);
});

for (const addressing of ["pn", "lid"] as const) {
  test(`votes in polls of ours and of others are read, by ${addressing}`, async () => {
    await using bench = await AccountBench.start({ addressing });
    const { instance, session } = await bench.pair(ACCOUNT);
    const [ana, ben] = [bench.whatsapp.peer(ANA), bench.whatsapp.peer(BEN)];
    const group = bench.whatsapp.group("Team", [ANA, BEN, ACCOUNT]);
    await ana.send(ACCOUNT, "hi");
    await expect.poll(() => instance.received.length, WAIT).toBe(1);
    const chatId = instance.received[0]?.chatId ?? "";
    const poll = { type: "poll" as const, question: "When?", options: ["now", "later", "never"] };
    const direct = await bench.send(session, chatId, poll);
    const inGroup = await bench.send(session, group.jid, { ...poll, multiple: true });
    await ana.waitFor(({ id }) => id === direct);
    await ben.waitFor(({ id }) => id === inGroup);
    const theirs = await ana.sendPoll(group.jid, "Where?", ["here", "there"]);
    // What is needed to read votes survives the session.
    await session.close();
    await bench.connect(instance);
    await ana.vote(ACCOUNT, direct, ["later"]);
    await ben.vote(group.jid, inGroup, ["never", "now"]);
    await ben.vote(group.jid, inGroup, []);
    await ben.vote(group.jid, theirs, ["there"], ANA);
    await ben.vote(group.jid, { ...theirs, id: "UNKNOWN" }, ["there"], ANA);
    await expect.poll(() => bench.whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
    const voted = eventsOf(instance, "poll.voted");
    expect(voted.map(({ messageId, options }) => ({ messageId, options }))).toEqual([
      { messageId: direct, options: ["later"] },
      { messageId: inGroup, options: ["now", "never"] },
      { messageId: inGroup, options: [] },
      { messageId: theirs.id, options: ["there"] },
    ]);
    expect(voted.map(({ voter }) => voter.phone)).toEqual([ANA, BEN, BEN, BEN]);
    expect(instance.received.at(-1)?.content).toEqual({
      type: "unsupported",
      kind: "pollUpdateMessage",
    });
  });
}
