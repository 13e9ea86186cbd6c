import type { OutgoingContent } from "@orquesta/core";
import { expect, test } from "vitest";
import { TelegramBench, WAIT } from "../fixtures/telegram-bench.ts";

const PNG = new Uint8Array(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
);
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
/** As files begin; the engine looks at the first bytes. */
const MP4 = bytes("\0\0\0\u0018ftypmp42\0\0\0\0mp42isom");
const M4A = bytes("\0\0\0\u0018ftypM4A \0\0\0\0M4A isom");
const media = { bytes: PNG, mimeType: "image/png", fileName: "dot.png" };

test("every kind of message arrives as what it is", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  const asked = talk.ana.write(talk.bot, "which?");
  const quoteMessageId = String(asked.message_id);
  const kinds: readonly (readonly [OutgoingContent, object])[] = [
    [
      { type: "text", text: "**bold** and `code`", format: "markdown", linkPreview: false },
      {
        text: "bold and code",
        entities: [
          { type: "bold", offset: 0, length: 4 },
          { type: "code", offset: 9, length: 4 },
        ],
      },
    ],
    [{ type: "text", text: "**plain**" }, { text: "**plain**" }],
    [
      { type: "image", media, caption: "_dot_", format: "markdown", quoteMessageId },
      {
        photo: expect.any(Array),
        caption: "dot",
        caption_entities: [{ type: "italic", offset: 0, length: 3 }],
        reply_to_message: expect.objectContaining({ message_id: asked.message_id }),
      },
    ],
    [
      { type: "video", media: { bytes: MP4 } },
      { video: expect.objectContaining({ file_size: MP4.length }) },
    ],
    [
      { type: "video", gif: true, media: { bytes: MP4 } },
      { animation: expect.objectContaining({ file_size: MP4.length }) },
    ],
    [
      { type: "audio", media: { bytes: M4A } },
      { audio: expect.objectContaining({ file_size: M4A.length }) },
    ],
    [
      {
        type: "document",
        media: { bytes: bytes("%PDF-1.4"), mimeType: "application/pdf", fileName: 'a"b\r\nc.pdf' },
      },
      { document: expect.objectContaining({ file_name: "a_bc.pdf", file_size: 8 }) },
    ],
    [
      { type: "sticker", media: { bytes: bytes("RIFF0000WEBPVP8 "), mimeType: "image/webp" } },
      { sticker: expect.any(Object) },
    ],
    [
      { type: "location", latitude: -23.5, longitude: -46.6 },
      { location: { latitude: -23.5, longitude: -46.6 } },
    ],
    [
      { type: "location", latitude: 1, longitude: 2, name: "Office", address: "Rua 1" },
      { venue: expect.objectContaining({ title: "Office", address: "Rua 1" }) },
    ],
    [
      {
        type: "contacts",
        contacts: [
          { name: "Bia", phones: ["+5511999990000"] },
          { name: "Caio", phones: ["+551188887777", "+551166665555"], organization: "Shop; Co" },
        ],
      },
      { contact: expect.objectContaining({ first_name: "Bia", phone_number: "5511999990000" }) },
    ],
    [
      { type: "poll", question: "Tea?", options: ["yes", "no"], multiple: true },
      {
        poll: expect.objectContaining({
          question: "Tea?",
          is_anonymous: false,
          allows_multiple_answers: true,
        }),
      },
    ],
  ];
  const chat = talk.bot.chatWith(talk.ana);
  for (const [content, expected] of kinds) {
    const sent = await bench.send(talk, content);
    expect(sent, JSON.stringify(sent.error)).toMatchObject({ status: "sent" });
    const message = chat.messages.find(({ message_id }) => String(message_id) === sent.messageId);
    expect(message).toMatchObject(expected);
  }
  const second = chat.messages.find(({ contact }) => contact?.first_name === "Caio");
  expect(second?.contact?.vcard).toContain("ORG:Shop\\; Co");
});

test("an album is one group, with its captions", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  const sent = await bench.send(talk, {
    type: "album",
    items: [
      { type: "image", media, caption: "one" },
      { type: "video", media: { bytes: MP4 } },
    ],
  });
  expect(sent).toMatchObject({ status: "sent", error: null });
  const group = talk.bot.chatWith(talk.ana).messages.filter((message) => message.media_group_id);
  expect(group).toMatchObject([{ photo: expect.any(Array), caption: "one" }, { video: {} }]);
  expect(new Set(group.map(({ media_group_id }) => media_group_id)).size).toBe(1);
  expect(sent.messageId).toBe(String(group[0]?.message_id));
});

test("what we do to messages: reaction, edit, forward, delete", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  const chat = talk.bot.chatWith(talk.ana);
  const asked = talk.ana.write(talk.bot, "hm").message_id;
  const messageId = String(asked);
  // Telegram knows no coloured heart.
  await bench.send(talk, { type: "reaction", messageId, emoji: "❤️" });
  expect(chat.reactionsTo(asked)).toEqual({ [talk.bot.id]: ["❤"] });
  await bench.send(talk, { type: "reaction", messageId, emoji: null });
  expect(Object.values(chat.reactionsTo(asked)).flat()).toEqual([]);

  const text = await bench.send(talk, { type: "text", text: "first" });
  const image = await bench.send(talk, { type: "image", media, caption: "first" });
  const edit = { type: "edit", text: "**new**", format: "markdown" } as const;
  for (const sent of [text, text, image]) {
    // Twice the same: the second changes nothing and is no failure.
    const edited = await bench.send(talk, { ...edit, messageId: sent.messageId });
    expect(edited).toMatchObject({ status: "sent" });
  }
  const found = (id: string) => chat.messages.find(({ message_id }) => String(message_id) === id);
  expect(found(text.messageId)).toMatchObject({ text: "new", entities: [{ type: "bold" }] });
  expect(found(image.messageId)).toMatchObject({ caption: "new" });

  const fromChatId = talk.chatId;
  const forwarded = await bench.send(talk, { type: "forward", messageId, fromChatId });
  expect(found(forwarded.messageId)).toMatchObject({ text: "hm", forward_origin: {} });

  await bench.send(talk, { type: "delete", messageId: text.messageId });
  expect(found(text.messageId)).toBeUndefined();
  const again = await bench.send(talk, { type: "delete", messageId: text.messageId });
  expect(again).toMatchObject({ status: "failed", error: { code: "SEND_REJECTED" } });
});

test("buttons and lists are keyboards; a long id comes back whole", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  const chat = talk.bot.chatWith(talk.ana);
  const long = "🍕".repeat(32);
  const buttons = await bench.send(talk, {
    type: "buttons",
    text: "Which?",
    footer: "today only",
    buttons: [
      { id: "small", title: "Small" },
      { id: long, title: "Large" },
      { url: "https://example.com/", title: "See" },
    ],
  });
  const shown = chat.messages.at(-1);
  expect(shown?.text).toBe("Which?\n\ntoday only");
  const rows = shown?.reply_markup?.inline_keyboard ?? [];
  expect(rows.map(([button]) => button?.text)).toEqual(["Small", "Large", "See"]);
  const press = talk.ana.press(talk.bot, Number(buttons.messageId), "Large");
  const received = await bench.events(talk.id, "message.received", 2);
  const choice = received.at(-1)?.message;
  expect(choice).toMatchObject({
    chatId: talk.chatId,
    sender: { id: talk.chatId, name: "Ana" },
    content: { type: "choice", menuMessageId: buttons.messageId, id: long, title: "Large" },
  });
  // Telegram's waiting sign ends.
  await expect
    .poll(() => talk.bot.calls.some(({ method }) => /^answerCallbackQuery$/i.test(method)), WAIT)
    .toBe(true);
  expect(press).toBeDefined();
  // An answer to the choice answers the message with the buttons.
  const quoteMessageId = choice?.id ?? "";
  await bench.send(talk, { type: "text", text: "good", quoteMessageId });
  expect(chat.messages.at(-1)?.reply_to_message?.message_id).toBe(Number(buttons.messageId));

  const list = await bench.send(talk, {
    type: "list",
    text: "Menu",
    sections: [
      { title: "Pizza", rows: [{ id: "1", title: "Margherita", description: "basil" }] },
      { rows: [{ id: "2", title: "Water" }] },
    ],
  });
  expect(chat.messages.at(-1)?.text).toBe("Menu\n\nPizza\n• Margherita: basil");
  talk.ana.press(talk.bot, Number(list.messageId), "Water");
  const last = (await bench.events(talk.id, "message.received", 3)).at(-1)?.message;
  expect(last?.content).toMatchObject({ type: "choice", id: "2", title: "Water" });
});

test("mentions notify, named in the text or not", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  const bia = bench.telegram.createUser({ firstName: "Bia" });
  await bench.send(talk, {
    type: "text",
    text: `hey @${talk.ana.id}`,
    mentions: [String(talk.ana.id), String(bia.id)],
  });
  const { parameters } =
    talk.bot.calls.findLast(({ method }) => /^sendMessage$/i.test(method)) ?? {};
  expect(parameters?.["entities"]).toEqual([
    {
      type: "text_mention",
      offset: 4,
      length: `@${talk.ana.id}`.length,
      user: { id: talk.ana.id },
    },
    {
      type: "text_mention",
      offset: `hey @${talk.ana.id}`.length,
      length: 1,
      user: { id: bia.id },
    },
  ]);
});

test("what Telegram has no form for is refused before anything is sent", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  const before = talk.bot.chatWith(talk.ana).messages.length;
  const refused: readonly (readonly [OutgoingContent, RegExp])[] = [
    [{ type: "image", media, viewOnce: true }, /seen only once/],
    [{ type: "text", text: "x", mentions: "all" }, /mention everybody/],
    [{ type: "edit", text: "x", messageId: "3EB0AA" }, /none of Telegram/],
  ];
  for (const [content, words] of refused) {
    expect(await bench.send(talk, content)).toMatchObject({
      status: "failed",
      error: { code: "SEND_REJECTED", message: expect.stringMatching(words) },
    });
  }
  expect(talk.bot.chatWith(talk.ana).messages).toHaveLength(before);
});

test("a poll in a channel, where nobody may be seen voting, is anonymous", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const channel = bench.telegram.createChannel(ana, "News");
  channel.promote(bot);
  const chatId = String(channel.id);
  const poll: OutgoingContent = { type: "poll", question: "Tea?", options: ["yes", "no"] };
  expect(await bench.send({ id, chatId }, poll)).toMatchObject({ status: "sent" });
  expect(channel.messages.at(-1)?.poll).toMatchObject({ is_anonymous: true });
});
