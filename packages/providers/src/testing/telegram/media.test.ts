import { expect, test } from "vitest";
import { FakeTelegram } from "./fake-telegram.ts";
import { callApi, callOk } from "./test-caller.ts";
import type { FileSummary, Message } from "./wire/types.ts";

/** 1 × 1, transparent. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const OGG = Buffer.from("OggS of a kind");

interface FileAnswer {
  readonly file_path: string;
  readonly file_size: number;
}

async function scene() {
  const telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  ana.write(bot, "/start");
  const download = async (file: FileSummary | undefined): Promise<Buffer> => {
    const { file_path } = await callOk<FileAnswer>(telegram, bot, "getFile", {
      file_id: file?.file_id,
    });
    const response = await fetch(`${telegram.url}/file/bot${bot.token}/${file_path}`);
    return Buffer.from(await response.arrayBuffer());
  };
  return { telegram, bot, ana, download };
}

test("every kind of file is shown as what it is and can be fetched", async () => {
  const { telegram, bot, ana, download } = await scene();
  await using _ = telegram;
  const kinds = [
    ["sendPhoto", "photo", PNG],
    ["sendVideo", "video", Buffer.from("a video")],
    ["sendAnimation", "animation", Buffer.from("an animation")],
    ["sendAudio", "audio", Buffer.from("a song")],
    ["sendVoice", "voice", OGG],
    ["sendVideoNote", "video_note", Buffer.from("a round video")],
    ["sendDocument", "document", Buffer.from("a document")],
    ["sendSticker", "sticker", Buffer.from("a sticker")],
  ] as const;
  for (const [method, kind, bytes] of kinds) {
    const sent = await callOk<Message>(telegram, bot, method, {
      chat_id: ana.id,
      [kind]: new File([new Uint8Array(bytes)], `file.${kind}`, { type: "application/x-test" }),
    });
    const shown = sent[kind];
    const file = Array.isArray(shown) ? shown.at(-1) : shown;
    expect(file, kind).toMatchObject({ file_size: bytes.length });
    expect(await download(file), kind).toEqual(bytes);
    // By its id it is sent again.
    const again = { chat_id: ana.id, [kind]: file.file_id };
    expect(await callApi(telegram, bot, method, again), kind).toMatchObject({ ok: true });
  }
});

test("a voice note that is none comes as a document", async () => {
  const { telegram, bot, ana } = await scene();
  await using _ = telegram;
  const sent = await callOk<Message>(telegram, bot, "sendVoice", {
    chat_id: ana.id,
    voice: new Blob(["wave"]),
  });
  expect(sent.voice).toBeUndefined();
  expect(sent.document).toBeDefined();
});

test("an album is several messages with one group, unless its kinds do not go together", async () => {
  const { telegram, bot, ana } = await scene();
  await using _ = telegram;
  const media = [
    { type: "photo", media: "attach://one", caption: "both" },
    { type: "video", media: "attach://two" },
  ];
  const files = { one: new Blob([PNG]), two: new Blob(["video"]) };
  const sent = await callOk<Message[]>(telegram, bot, "sendMediaGroup", {
    chat_id: ana.id,
    media,
    ...files,
  });
  expect(sent).toMatchObject([{ photo: [{}, {}], caption: "both" }, { video: {} }]);
  expect(new Set(sent.map(({ media_group_id }) => media_group_id)).size).toBe(1);
  const mixed = [...media, { type: "document", media: "attach://two" }];
  expect(
    await callApi(telegram, bot, "sendMediaGroup", { chat_id: ana.id, media: mixed, ...files }),
  ).toMatchObject({ description: "Bad Request: document can't be mixed with other media types" });
});

test("what people send can be fetched, until its link expires", async () => {
  const { telegram, bot, ana, download } = await scene();
  await using _ = telegram;
  ana.sendFile(bot, "photo", PNG, { caption: "look" });
  const [{ message }] = await callOk<[{ message: Message }]>(telegram, bot, "getUpdates", {
    offset: -1,
  });
  expect(message).toMatchObject({ caption: "look", photo: [{}, { width: 1, height: 1 }] });
  const photo = message.photo?.at(-1);
  const { file_path } = await callOk<FileAnswer>(telegram, bot, "getFile", {
    file_id: photo?.file_id,
  });
  telegram.expireFileLinks();
  const gone = await fetch(`${telegram.url}/file/bot${bot.token}/${file_path}`);
  expect(gone.status).toBe(404);
  expect(await download(photo)).toEqual(PNG);
});

test("copies and forwards carry the content", async () => {
  const { telegram, bot, ana } = await scene();
  await using _ = telegram;
  const from = ana.write(bot, "take *this*");
  const move = { chat_id: ana.id, from_chat_id: ana.id, message_id: from.message_id };
  const copy = await callOk<{ message_id: number }>(telegram, bot, "copyMessage", move);
  expect(Object.keys(copy)).toEqual(["message_id"]);
  const { messages } = bot.chatWith(ana);
  expect(messages.at(-1)).toMatchObject({ message_id: copy.message_id, text: "take *this*" });
  expect(messages.at(-1)).not.toHaveProperty("forward_origin");
  expect(await callOk(telegram, bot, "forwardMessage", move)).toMatchObject({
    forward_origin: { type: "user", sender_user: { id: ana.id } },
  });
});

test("marked text comes out as entities", async () => {
  const { telegram, bot, ana } = await scene();
  await using _ = telegram;
  const send = (text: string, parse_mode: string) =>
    callOk<Message>(telegram, bot, "sendMessage", { chat_id: ana.id, text, parse_mode });
  const html = '<b>bold</b> &lt;<i>é</i> <a href="https://x.example/?a=1&amp;b=2">link</a>';
  expect(await send(html, "HTML")).toMatchObject({
    text: "bold <é link",
    entities: [
      { type: "bold", offset: 0, length: 4 },
      { type: "italic", offset: 6, length: 1 },
      { type: "text_link", offset: 8, length: 4, url: "https://x.example/?a=1&b=2" },
    ],
  });
  const markdown = "*bold* _i_ ~s~ `c.` [l](https://x.example) \\. ||h||\n```js\nx = 1;\n```";
  const sent = await send(markdown, "MarkdownV2");
  expect(sent.text).toBe("bold i s c. l . h\nx = 1;");
  expect(sent.entities?.map(({ type }) => type)).toEqual([
    "bold",
    "italic",
    "strikethrough",
    "code",
    "text_link",
    "spoiler",
    "pre",
  ]);
  expect(sent.entities?.at(-1)).toMatchObject({ language: "js", length: 6 });
  expect(await send('<pre><code class="language-ts">x</code></pre>', "HTML")).toMatchObject({
    entities: [{ type: "pre", language: "ts" }],
  });
});
