import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import type { IncomingKind, IncomingMedia } from "../../index.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { ConformancePlace } from "./conformance-place.ts";
import type { PeerContent } from "./conformance-subject.ts";
import { JPEG, MP3, MP4, OGG_OPUS, PDF, WEBP } from "./sample-files.ts";

type Trial = (place: ConformancePlace) => Promise<void>;

/** What somebody sent comes back byte for byte, more than once. */
async function opens(
  { manager, instanceId }: ConformancePlace,
  { id }: IncomingMedia,
  sent: Uint8Array,
): Promise<void> {
  for (const time of ["first", "second"]) {
    const { stream } = await manager.media.open(instanceId, id);
    assert.deepEqual(await buffer(stream), Buffer.from(sent), `opened the ${time} time`);
  }
}

type PeerMedium = Extract<PeerContent, { readonly bytes: Uint8Array }>;

function medium(written: PeerMedium): Trial {
  return async (place) => {
    const { content } = await place.contentOf(written.type, () => place.peer.write(written));
    if ("caption" in content) assert.equal(content.caption, written.caption ?? null);
    assert.equal(content.media.mimeType.split(";")[0], written.mimeType);
    if (written.fileName) assert.equal(content.media.fileName, written.fileName);
    await opens(place, content.media, written.bytes);
  };
}

const TRIALS: { readonly [Kind in Exclude<IncomingKind, "unsupported" | "choice">]: Trial } = {
  async text(place) {
    const text = "olá 👋 <b>not bold</b>";
    const { content, message } = await place.contentOf("text", () =>
      place.peer.write({ type: "text", text }),
    );
    assert.deepEqual(content, { type: "text", text });
    assert.equal(message.chatId, place.chatId);
    assert.equal(message.chatType, "direct");
    assert.ok(Math.abs(Date.parse(message.sentAt) - Date.now()) < 300_000);
  },
  image: medium({ type: "image", bytes: JPEG, mimeType: "image/jpeg", caption: "look" }),
  video: medium({ type: "video", bytes: MP4, mimeType: "video/mp4", caption: "watch" }),
  audio: medium({ type: "audio", bytes: MP3, mimeType: "audio/mpeg" }),
  voice: medium({ type: "voice", bytes: OGG_OPUS, mimeType: "audio/ogg" }),
  document: medium({
    type: "document",
    bytes: PDF,
    mimeType: "application/pdf",
    fileName: "invoice.pdf",
  }),
  sticker: medium({ type: "sticker", bytes: WEBP, mimeType: "image/webp" }),
  async location(place) {
    const where = { latitude: 19.4326, longitude: -99.1332 };
    const { content } = await place.contentOf("location", () =>
      place.peer.write({ type: "location", ...where }),
    );
    assert.ok(Math.abs(content.latitude - where.latitude) < 1e-4);
    assert.ok(Math.abs(content.longitude - where.longitude) < 1e-4);
  },
  async contacts(place) {
    const card = { name: "Caio", phones: ["+5511977776666"] };
    const { content } = await place.contentOf("contacts", () =>
      place.peer.write({ type: "contacts", contacts: [card] }),
    );
    assert.equal(content.contacts[0]?.name, card.name);
    assert.equal(content.contacts[0]?.phones[0]?.replace(/\D/g, ""), "5511977776666");
  },
  async poll(place) {
    const poll = { type: "poll", question: "When?", options: ["today", "never"] } as const;
    const { content } = await place.contentOf("poll", () => place.peer.write(poll));
    assert.equal(content.question, poll.question);
    assert.deepEqual(content.options, poll.options);
  },
};

const KINDS = Object.entries(TRIALS);

export const incomingCases: readonly ConformanceCase[] = [
  ...KINDS.map(([kind, run]) => ({
    name: `receives ${kind}`,
    async run(place: ConformancePlace) {
      if (place.capabilities.incoming.some((declared) => declared === kind)) await run(place);
    },
  })),
  {
    name: "tells formatted text as Markdown too",
    async run(place) {
      const { content } = await place.contentOf("text", () =>
        place.peer.write({ type: "text", text: "say this loud", bold: "this" }),
      );
      assert.equal(content.markdown, "say **this** loud");
    },
  },
  {
    name: "tells what a message answers",
    async run(place) {
      const { id: quotedId } = await place.sendAndSee({ type: "text", text: "ready?" });
      const { message } = await place.contentOf("text", () =>
        place.peer.write({ type: "text", text: "yes" }, { quotedId }),
      );
      assert.equal(message.quote?.messageId, quotedId);
      assert.equal(message.quote.text, "ready?");
    },
  },
  {
    name: "tells who writes in a group, and whether the account is named",
    async run(place) {
      if (!place.capabilities.operations.includes("groups.get")) return;
      const groupId = await place.peer.createGroup("Names");
      const { message } = await place.contentOf("text", () =>
        place.peer.write({ type: "text", text: "you there?" }, { groupId, mentionsAccount: true }),
      );
      assert.equal(message.chatId, groupId);
      assert.equal(message.chatType, "group");
      assert.equal(message.sender.id, place.chatId);
      assert.equal(message.mentionsMe, true);
    },
  },
  {
    name: "tells that a message was forwarded",
    async run(place) {
      if (!place.capabilities.outgoing.includes("forward")) return;
      const { message } = await place.contentOf("text", () =>
        place.peer.write({ type: "text", text: "did you see?" }, { forwarded: true }),
      );
      assert.equal(message.forwarded, true);
    },
  },
];
