import type { Change, DurableEvent, OutboxContent, Provider } from "@orquesta/core";
import {
  assertDeclares,
  bendCommits,
  bendSession,
  ConformancePlace,
  conformanceCases,
  LEAST_CAPABILITIES,
} from "@orquesta/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baileys } from "./baileys-provider.ts";
import { createBaileysSubject } from "./fixtures/conformance-subject.ts";

const LONG = { timeout: 60_000 };

it("Baileys declares all that it has to", () => {
  assertDeclares(baileys().capabilities, LEAST_CAPABILITIES.baileys);
});

describe.each(["pn", "lid"] as const)("Baileys keeps what it declares, by %s", (addressing) => {
  let place: ConformancePlace;
  beforeAll(async () => {
    place = await ConformancePlace.open(await createBaileysSubject({ addressing }));
  }, LONG.timeout);
  afterAll(() => place.close());

  for (const { name, run } of conformanceCases) it(name, LONG, () => run(place));
});

/** A provider that tells events otherwise than they came. */
function bendEvents(bend: (event: DurableEvent) => DurableEvent | null) {
  return bendCommits(({ events = [], ...change }: Change) => ({
    ...change,
    events: events.flatMap((event) => bend(event) ?? []),
  }));
}

function bendContent(bend: (content: OutboxContent) => OutboxContent) {
  return bendSession((session) => ({
    send: (message, signal) => session.send({ ...message, content: bend(message.content) }, signal),
  }));
}

/** Providers that break one promise each, and the case that has to find it. */
const BROKEN: readonly (readonly [string, (provider: Provider) => Provider, string])[] = [
  [
    "calls a group's member by the LID, and the same contact by the phone elsewhere",
    bendEvents((event) => {
      if (event.name !== "message.received" || event.data.message.chatType !== "group")
        return event;
      const { message } = event.data;
      const sender = { ...message.sender, id: `${message.sender.lid}@lid` };
      return { ...event, data: { message: { ...message, sender } } };
    }),
    "tells who writes in a group, and whether the account is named",
  ],
  [
    "tells votes as they are on the wire",
    bendEvents((event) => {
      if (event.name !== "poll.voted") return event;
      return { ...event, data: { ...event.data, options: ["7a9f"] } };
    }),
    "tells votes, and that they were taken back",
  ],
  [
    "does not tell that a call was over",
    bendEvents((event) => (event.name === "call.ended" ? null : event)),
    "tells calls, and their end",
  ],
  [
    "mutes chats on no device of the account but its own",
    bendSession(({ operations }) => ({
      operations: { ...operations, chats: { ...operations?.chats, mute: async () => {} } },
    })),
    "can chats.mute, or refuses it beforehand",
  ],
  [
    "sends voice notes as sound files",
    bendContent((content) =>
      content.type === "voice" ? { type: "audio", media: content.media } : content,
    ),
    "sends voice, or refuses it beforehand",
  ],
  [
    "leaves out what a picture answers",
    bendContent((content) => {
      if (content.type !== "image") return content;
      const { quoteMessageId: _, ...image } = content;
      return image;
    }),
    "answers a message with a medium",
  ],
  [
    "never takes a reaction back",
    bendSession((session) => ({
      send: async (message, signal) => {
        const { content, messageId } = message;
        if (content.type !== "reaction" || content.emoji !== null) {
          return await session.send(message, signal);
        }
        return { messageId };
      },
    })),
    "sends reaction, or refuses it beforehand",
  ],
];

describe("the conformance suite finds a Baileys provider that", () => {
  it.each(BROKEN)("%s", LONG, async (_what, bend, name) => {
    const found = conformanceCases.find((one) => one.name === name);
    if (!found) throw new Error(`no such case: ${name}`);
    const subject = await createBaileysSubject({}, bend);
    const place = await ConformancePlace.open(subject, { waitMs: 1_500 });
    await expect(found.run(place)).rejects.toMatchObject({ name: "AssertionError" });
    await place.close();
  });
});
