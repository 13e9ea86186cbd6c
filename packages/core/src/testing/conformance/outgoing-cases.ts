import assert from "node:assert/strict";
import type { OutgoingContent, OutgoingKind } from "../../index.ts";
import { assertRefused, type ConformanceCase } from "./conformance-case.ts";
import type { ConformancePlace } from "./conformance-place.ts";
import { JPEG, MP3, MP4, OGG_OPUS, PDF, PNG, WEBP } from "./sample-files.ts";

const CARD = { name: "Bea Lima", phones: ["+55 11 98888-1111"] };
const ROWS = [
  { id: "one", title: "First" },
  { id: "two", title: "Second" },
];

/** Sends one message of the kind and looks at it with the peer's eyes. */
type Trial = (place: ConformancePlace) => Promise<void>;

function sameBytes(seen: Uint8Array | null, sent: Uint8Array): void {
  assert.ok(seen !== null, "the peer got no bytes");
  assert.deepEqual(Buffer.from(seen), Buffer.from(sent), "the peer got other bytes");
}

/** @param exact whether the platform hands the bytes on as they are */
function medium(
  content: Extract<OutgoingContent, { readonly media: unknown }>,
  sent: Uint8Array,
  caption: string | null = null,
): Trial {
  return async (place) => {
    const seen = await place.sendAndSee(content);
    assert.equal(seen.kind, content.type);
    sameBytes(seen.bytes, sent);
    if (caption !== null) assert.equal(seen.text, caption);
  };
}

/** A fresh message of the peer, to answer, react to or forward. */
async function written(place: ConformancePlace): Promise<string> {
  const { message } = await place.contentOf("text", () =>
    place.peer.write({ type: "text", text: `hello ${Math.random()}` }),
  );
  return message.id;
}

const TRIALS: { readonly [Kind in OutgoingKind]: Trial } = {
  async text(place) {
    const seen = await place.sendAndSee({ type: "text", text: "hello" });
    assert.equal(seen.kind, "text");
    assert.equal(seen.text, "hello");
    assert.deepEqual(seen.bold, []);
  },
  image: medium({ type: "image", media: { bytes: JPEG }, caption: "look" }, JPEG, "look"),
  video: medium({ type: "video", media: { bytes: MP4 }, caption: "watch" }, MP4, "watch"),
  audio: medium({ type: "audio", media: { bytes: MP3, mimeType: "audio/mpeg" } }, MP3),
  voice: medium({ type: "voice", media: { bytes: OGG_OPUS } }, OGG_OPUS),
  async document(place) {
    const media = { bytes: PDF, fileName: "invoice.pdf" };
    const seen = await place.sendAndSee({ type: "document", media, caption: "yours" });
    assert.equal(seen.kind, "document");
    assert.equal(seen.fileName, "invoice.pdf");
    assert.equal(seen.text, "yours");
    sameBytes(seen.bytes, PDF);
  },
  sticker: medium({ type: "sticker", media: { bytes: WEBP } }, WEBP),
  async location(place) {
    const where = { latitude: -23.5505, longitude: -46.6333 };
    const seen = await place.sendAndSee({ type: "location", ...where });
    assert.equal(seen.kind, "location");
    assert.ok(seen.place !== null);
    assert.ok(Math.abs(seen.place.latitude - where.latitude) < 1e-4);
    assert.ok(Math.abs(seen.place.longitude - where.longitude) < 1e-4);
  },
  async contacts(place) {
    const seen = await place.sendAndSee({ type: "contacts", contacts: [CARD] });
    assert.equal(seen.kind, "contacts");
    assert.equal(seen.cards[0]?.name, CARD.name);
    assert.equal(seen.cards[0]?.phones[0]?.replace(/\D/g, ""), "5511988881111");
  },
  async poll(place) {
    const options = ["red", "green", "blue"];
    const seen = await place.sendAndSee({ type: "poll", question: "Which?", options });
    assert.equal(seen.kind, "poll");
    assert.equal(seen.text, "Which?");
    assert.deepEqual(seen.options, options);
  },
  async reaction(place) {
    const messageId = await written(place);
    const stands = (emojis: readonly string[]) => async () => {
      const message = await place.peer.message(messageId);
      return message !== null && message.reactions.join() === emojis.join();
    };
    await place.send({ type: "reaction", messageId, emoji: "👍" });
    await place.until("the reaction is seen", stands(["👍"]));
    await place.send({ type: "reaction", messageId, emoji: null });
    await place.until("the reaction is gone", stands([]));
  },
  async edit(place) {
    const { id } = await place.sendAndSee({ type: "text", text: "befor" });
    await place.send({ type: "edit", messageId: id, text: "before" });
    await place.until("the edit is seen", async () => {
      const message = await place.peer.message(id);
      return message?.edited === true && message.text === "before";
    });
  },
  async delete(place) {
    const { id } = await place.sendAndSee({ type: "text", text: "never mind" });
    await place.send({ type: "delete", messageId: id });
    await place.until("the message is gone", async () => {
      const message = await place.peer.message(id);
      return message === null || message.deleted;
    });
  },
  async forward(place) {
    const messageId = await written(place);
    const original = await place.peer.message(messageId);
    const seen = await place.sendAndSee({
      type: "forward",
      messageId,
      fromChatId: place.subject.chatId,
    });
    assert.equal(seen.text, original?.text);
    assert.equal(seen.forwarded, true);
  },
  async buttons(place) {
    await choose(place, { type: "buttons", text: "Which one?", buttons: ROWS });
  },
  async list(place) {
    await choose(place, { type: "list", text: "Which of these?", sections: [{ rows: ROWS }] });
  },
  async album(place) {
    const before = (await place.peer.arrived()).length;
    const items = [JPEG, PNG].map((bytes) => ({ type: "image", media: { bytes } }) as const);
    await place.send({ type: "album", items });
    const seen = await place.until("the album is seen", async () => {
      const fresh = (await place.peer.arrived()).slice(before);
      return fresh.filter(({ kind }) => kind === "image").length === 2 ? fresh : undefined;
    });
    const albums = new Set(seen.filter(({ kind }) => kind === "image").map((one) => one.albumId));
    assert.equal(albums.size, 1, "the images are in one album");
    assert.ok(!albums.has(null), "the images are in an album");
  },
  async status(place) {
    const before = (await place.peer.arrived()).length;
    const story = { type: "text", text: "on sale today" } as const;
    const audience = [place.subject.chatId];
    await place.send({ type: "status", story, audience }, "status@broadcast");
    await place.until("the story is seen", async () =>
      (await place.peer.arrived()).slice(before).some(({ text }) => text === story.text),
    );
  },
};

/** The peer answers a menu, and the choice comes back as what it was called. */
async function choose(
  place: ConformancePlace,
  menu: Extract<OutgoingContent, { readonly type: "buttons" | "list" }>,
): Promise<void> {
  const native = place.capabilities.menus === "native";
  const seen = await place.sendAndSee(menu);
  assert.equal(seen.kind, native ? "menu" : "text");
  if (native) assert.deepEqual(seen.options, ["First", "Second"]);
  else assert.match(seen.text ?? "", /1.*First[\s\S]*2.*Second/);
  const { content } = await place.contentOf("choice", () =>
    native ? place.peer.press(seen.id, "Second") : place.peer.write({ type: "text", text: "2" }),
  );
  assert.deepEqual(content, {
    type: "choice",
    menuMessageId: seen.id,
    id: "two",
    title: "Second",
  });
}

const KINDS = Object.keys(TRIALS).filter((kind): kind is OutgoingKind => kind in TRIALS);

/** Something of a kind, for those that cannot send it. */
function sampleOf(kind: OutgoingKind): OutgoingContent {
  const media = { bytes: JPEG };
  switch (kind) {
    case "text":
      return { type: "text", text: "hello" };
    case "location":
      return { type: "location", latitude: 1, longitude: 1 };
    case "contacts":
      return { type: "contacts", contacts: [CARD] };
    case "poll":
      return { type: "poll", question: "Which?", options: ["a", "b"] };
    case "reaction":
      return { type: "reaction", messageId: "m", emoji: "👍" };
    case "edit":
      return { type: "edit", messageId: "m", text: "t" };
    case "delete":
      return { type: "delete", messageId: "m" };
    case "forward":
      return { type: "forward", messageId: "m", fromChatId: "c" };
    case "buttons":
      return { type: "buttons", text: "t", buttons: ROWS };
    case "list":
      return { type: "list", text: "t", sections: [{ rows: ROWS }] };
    case "album":
      return {
        type: "album",
        items: [
          { type: "image", media },
          { type: "image", media },
        ],
      };
    case "status":
      return { type: "status", story: { type: "text", text: "t" }, audience: ["c"] };
    case "voice":
      return { type: "voice", media: { bytes: OGG_OPUS } };
    default:
      return { type: kind, media };
  }
}

/** Whether the engine or the provider itself sends buttons and lists. */
function canSend({ capabilities }: ConformancePlace, kind: OutgoingKind): boolean {
  const isMenu = kind === "buttons" || kind === "list";
  return capabilities.outgoing.includes(kind) || (isMenu && capabilities.menus === "numbered");
}

export const outgoingCases: readonly ConformanceCase[] = [
  ...KINDS.map((kind) => ({
    name: `sends ${kind}, or refuses it beforehand`,
    async run(place: ConformancePlace) {
      if (canSend(place, kind)) return await TRIALS[kind](place);
      const before = (await place.peer.arrived()).length;
      await assertRefused(place, kind, () => place.send(sampleOf(kind)));
      assert.equal((await place.peer.arrived()).length, before, "something was sent all the same");
    },
  })),
  {
    name: "shows Markdown in the platform's own way",
    async run(place) {
      const seen = await place.sendAndSee({
        type: "text",
        text: "say **this** loud",
        format: "markdown",
      });
      assert.deepEqual(seen.bold, ["this"]);
      assert.ok(!seen.text?.includes("**"), "the marks of Markdown are not shown");
    },
  },
  {
    name: "leaves plain text as it is",
    async run(place) {
      const text = "2 < 3 & [x](y) <b>no</b> \\ 5 > 4";
      assert.equal((await place.sendAndSee({ type: "text", text })).text, text);
    },
  },
  {
    name: "answers a message",
    async run(place) {
      const quoteMessageId = await written(place);
      const seen = await place.sendAndSee({ type: "text", text: "yes", quoteMessageId });
      assert.equal(seen.quotedId, quoteMessageId);
    },
  },
  {
    name: "answers a message with a medium",
    async run(place) {
      if (!place.capabilities.outgoing.includes("image")) return;
      const quoteMessageId = await written(place);
      const content = { type: "image", media: { bytes: JPEG }, quoteMessageId } as const;
      assert.equal((await place.sendAndSee(content)).quotedId, quoteMessageId);
    },
  },
  {
    name: "names those whom a text mentions",
    async run(place) {
      const { other, provider } = { ...place.subject };
      const otherId = provider.parseChatId(other);
      const marked = await place.sendAndSee({
        type: "text",
        text: `ask [Bea](mention:${otherId})`,
        format: "markdown",
      });
      assert.deepEqual(marked.mentions, [otherId]);
      const listed = await place.sendAndSee({ type: "text", text: "ask them", mentions: [other] });
      assert.deepEqual(listed.mentions, [otherId]);
    },
  },
  {
    name: "keeps the order of a chat",
    async run(place) {
      const before = (await place.peer.arrived()).length;
      const texts = Array.from({ length: 5 }, (_, index) => `number ${index}`);
      await Promise.all(texts.map((text) => place.send({ type: "text", text })));
      const seen = (await place.peer.arrived()).slice(before).map(({ text }) => text);
      assert.deepEqual(seen, texts);
    },
  },
  {
    name: "refuses a text that is longer than the platform takes",
    async run(place) {
      const text = "x".repeat(place.capabilities.limits.textLength + 1);
      await assert.rejects(place.send({ type: "text", text }), { code: "VALIDATION_FAILED" });
    },
  },
];
