import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { FakeTelegram } from "../../testing/telegram/fake-telegram.ts";
import { BenchInstance } from "../fixtures/bench-instance.ts";
import { TelegramBench, WAIT } from "../fixtures/telegram-bench.ts";

const bytes = new Uint8Array(Buffer.from("what is in it"));
const medium = { id: expect.any(String), mimeType: expect.any(String), size: bytes.length };

test("every kind of message is told as what it is", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const place = { latitude: 1.5, longitude: 2.5 };
  ana.write(bot, "bold a <b> link", {
    entities: [
      { type: "bold", offset: 0, length: 4 },
      { type: "text_link", offset: 11, length: 4, url: "https://example.com/" },
    ],
  });
  const caption = "see";
  ana.sendFile(bot, "photo", bytes, { caption });
  ana.sendFile(bot, "video", bytes, { albumId: "7" });
  ana.sendFile(bot, "animation", bytes);
  ana.sendFile(bot, "video_note", bytes);
  ana.sendFile(bot, "audio", bytes, { fileName: "song.mp3" });
  ana.sendFile(bot, "voice", bytes);
  ana.sendFile(bot, "document", bytes, { fileName: "a.pdf", mimeType: "application/pdf" });
  ana.sendFile(bot, "sticker", bytes);
  ana.post(bot, { location: place });
  ana.post(bot, { location: { ...place, live_period: 60 } });
  ana.post(bot, { venue: { location: place, title: "Office", address: "Rua 1" } });
  ana.post(bot, { contact: { phone_number: "+55119", first_name: "Bia", last_name: "Sá" } });
  ana.askPoll(bot, "Tea?", ["yes", "no"]);
  ana.post(bot, { dice: { emoji: "🎲", value: 3 } } as object);
  const received = await bench.events(id, "message.received", 16);
  const told = received.slice(1).map(({ message }) => message.content);
  const somewhere = { type: "location", ...place };
  expect(told).toEqual([
    {
      type: "text",
      text: "bold a <b> link",
      markdown: "**bold** a \\<b> [link](<https://example.com/>)",
    },
    { type: "image", media: expect.objectContaining(medium), caption },
    { type: "video", media: expect.objectContaining(medium), caption: null },
    { type: "video", media: expect.objectContaining(medium), caption: null, gif: true },
    { type: "video", media: expect.objectContaining(medium), caption: null },
    { type: "audio", media: expect.objectContaining({ ...medium, fileName: "song.mp3" }) },
    { type: "voice", media: expect.objectContaining(medium) },
    {
      type: "document",
      media: expect.objectContaining({ ...medium, mimeType: "application/pdf" }),
      caption: null,
    },
    expect.objectContaining({ type: "sticker", media: expect.objectContaining(medium) }),
    { ...somewhere, name: null, address: null },
    { ...somewhere, name: null, address: null, live: true },
    { ...somewhere, name: "Office", address: "Rua 1" },
    { type: "contacts", contacts: [{ name: "Bia Sá", phones: ["+55119"] }] },
    { type: "poll", question: "Tea?", options: ["yes", "no"], multiple: false },
    { type: "unsupported", kind: "dice" },
  ]);
  expect(received[3]?.message.albumId).toBe("7");
});

test("quotes, forwards and mentions are told", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const first = ana.write(bot, "first");
  ana.write(bot, "second", { replyTo: first.message_id });
  ana.forward(bot, first.message_id, bot);
  ana.write(bot, `hey @${bot.username}`);
  const received = await bench.events(id, "message.received", 5);
  const [, , second, forwarded, mention] = received.map(({ message }) => message);
  expect(second?.quote).toEqual({
    messageId: String(first.message_id),
    senderId: String(ana.id),
    text: "first",
  });
  expect(forwarded).toMatchObject({ content: { text: "first" }, forwarded: true });
  expect(mention).toMatchObject({ mentionsMe: true });
});

test("edits, reactions and votes of others are events of their own", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const group = bench.telegram.createSupergroup(ana, "Team");
  group.promote(bot);
  const chatId = String(group.id);
  const said = ana.write(group, "teh");
  const messageId = String(said.message_id);
  ana.edit(group, said.message_id, "the");
  ana.react(group, said.message_id, "👍");
  ana.react(group, said.message_id, null);
  const poll = await bench.send(
    { id, chatId },
    { type: "poll", question: "Tea?", options: ["yes", "no"] },
  );
  ana.vote(group, Number(poll.messageId), [1]);
  ana.vote(group, Number(poll.messageId), []);
  const sender = expect.objectContaining({ id: String(ana.id), name: "Ana" });
  expect(await bench.events(id, "message.edited", 1)).toMatchObject([
    { chatId, messageId, sender, content: { type: "text", text: "the" } },
  ]);
  expect(await bench.events(id, "message.reacted", 2)).toMatchObject([
    { chatId, messageId, sender, emojis: ["👍"] },
    { chatId, messageId, sender, emojis: [] },
  ]);
  expect(await bench.events(id, "poll.voted", 2)).toMatchObject([
    { chatId, messageId: poll.messageId, voter: sender, options: ["no"] },
    { chatId, messageId: poll.messageId, voter: sender, options: [] },
  ]);
});

test("who comes and goes, and what a group is called, is told once", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const bia = bench.telegram.createUser({ firstName: "Bia" });
  const group = bench.telegram.createSupergroup(ana, "Team");
  group.add(bot);
  group.promote(bot);
  bia.join(group);
  group.promote(bia);
  group.setTitle("Crew");
  bia.leave(group);
  const changes = (await bench.events(id, "group.changed", 6)).map(({ change }) =>
    "participants" in change
      ? { kind: change.kind, who: change.participants.map(({ name }) => name) }
      : change,
  );
  expect(changes).toEqual([
    { kind: "joined", who: ["Fake"] },
    { kind: "promoted", who: ["Fake"] },
    { kind: "joined", who: ["Bia"] },
    { kind: "promoted", who: ["Bia"] },
    { kind: "subject", subject: "Crew" },
    { kind: "left", who: ["Bia"] },
  ]);
});

test("posts of a channel are told in its name", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const channel = bench.telegram.createChannel(ana, "News");
  channel.promote(bot);
  ana.write(channel, "extra");
  const post = (await bench.events(id, "message.received", 2)).at(-1)?.message;
  expect(post).toMatchObject({
    chatId: String(channel.id),
    chatType: "channel",
    sender: { id: String(channel.id), name: "News" },
    content: { type: "text", text: "extra" },
  });
});

test("a business account: its customers write, its owner writes by hand, and we answer", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana: owner, id } = await bench.talk();
  const bia = bench.telegram.createUser({ firstName: "Bia" });
  const business = owner.connectBusiness(bot);
  const chatId = `business:${business.id}:${bia.id}`;
  const asked = business.receive(bia, "open today?");
  const received = (await bench.events(id, "message.received", 2)).at(-1)?.message;
  expect(received).toMatchObject({ chatId, chatType: "direct", sender: { name: "Bia" } });
  await bench.send({ id, chatId }, { type: "text", text: "until six" });
  expect(business.chatWith(bia).messages.at(-1)).toMatchObject({ text: "until six" });
  await bench.manager.chats.markRead(id, chatId, [String(asked.message_id)]);
  expect(business.chatWith(bia).readUpTo).toBe(asked.message_id);
  business.write(bia, "till seven, in fact");
  await expect
    .poll(async () => (await bench.events(id, "message.sent", 1)).map(({ origin }) => origin), WAIT)
    .toEqual(["orquesta", "device"]);
  business.edit(bia, asked.message_id, "open tomorrow?");
  expect(await bench.events(id, "message.edited", 1)).toMatchObject([{ chatId }]);
  business.delete(bia, [asked.message_id]);
  expect(await bench.events(id, "message.deleted", 1)).toMatchObject([
    { chatId, messageId: String(asked.message_id), sender: null },
  ]);
  expect(await bench.events(id, "message.received", 2)).toHaveLength(2);
});

test("media are opened as streams, also when an older link is dead", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  await using instance = new BenchInstance(telegram, bot);
  ana.sendFile(bot, "document", bytes, { fileName: "a.txt" });
  const session = await instance.open();
  await expect.poll(() => instance.events.length, WAIT).toBe(1);
  const [event] = instance.events;
  const content = event?.name === "message.received" ? event.data.message.content : null;
  const id = content?.type === "document" ? content.media.id : "";
  const signal = AbortSignal.timeout(10_000);
  for (const round of [1, 2]) {
    const stream = await session.openMedia?.(id, signal);
    expect(stream && (await text(stream)), `round ${round}`).toBe("what is in it");
    telegram.expireFileLinks();
  }
  await expect(session.openMedia?.("unheard-of", signal)).rejects.toMatchObject({
    code: "MEDIA_NOT_FOUND",
  });
  telegram.fail(
    { kind: "error", code: 400, description: "Bad Request: file is too big" },
    { method: "getFile" },
  );
  await expect(session.openMedia?.(id, signal)).rejects.toMatchObject({ code: "MEDIA_TOO_LARGE" });
  telegram.fail({ kind: "html", status: 404 }, { method: "download" });
  await expect(session.openMedia?.(id, signal)).rejects.toMatchObject({ code: "MEDIA_EXPIRED" });
});
