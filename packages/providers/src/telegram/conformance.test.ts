import type { Provider } from "@orquesta/core";
import {
  assertDeclares,
  bendCommits,
  bendSession,
  ConformancePlace,
  conformanceCases,
  LEAST_CAPABILITIES,
} from "@orquesta/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTelegramSubject } from "./fixtures/conformance-subject.ts";
import { telegram } from "./telegram-provider.ts";

describe("Telegram keeps what it declares", () => {
  let place: ConformancePlace;
  beforeAll(async () => {
    place = await ConformancePlace.open(await createTelegramSubject());
  });
  afterAll(() => place.close());

  it("and declares all that it has to", () => {
    const provider: Provider = telegram();
    assertDeclares(provider.capabilities, LEAST_CAPABILITIES.telegram);
  });

  for (const { name, run } of conformanceCases) it(name, () => run(place));
});

const nothing = async () => {};

/** Providers that break one promise each, the case that has to find it, and how. */
const BROKEN: readonly (readonly [string, (provider: Provider) => Provider, string, RegExp])[] = [
  [
    "tells nobody of deleted messages",
    bendCommits(({ events = [], ...change }) => ({
      ...change,
      events: events.filter(({ name }) => name !== "message.deleted"),
    })),
    "tells that somebody deleted a message",
    /message.deleted is told: not within/,
  ],
  [
    "reads a chat without telling so",
    bendSession(({ operations }) => ({
      operations: { ...operations, chats: { ...operations?.chats, markRead: nothing } },
    })),
    "can chats.markRead, or refuses it beforehand",
    /it is read: not within/,
  ],
  [
    "puts nobody out of a group",
    bendSession(({ operations }) => ({
      operations: {
        ...operations,
        groups: {
          ...operations?.groups,
          changeParticipants: async (groupId, action, contactIds, signal) => {
            const change = operations?.groups?.changeParticipants;
            if (action !== "remove" && change) {
              return await change(groupId, action, contactIds, signal);
            }
            return contactIds.map((contactId) => ({ contactId, ok: true, reason: null }));
          },
        },
      },
    })),
    "can groups.changeParticipants, or refuses it beforehand",
    /gone: not within/,
  ],
  [
    "calls who writes something else than operations do",
    bendCommits((change) => ({
      ...change,
      events: (change.events ?? []).map((event) => {
        if (event.name !== "message.received") return event;
        const { message } = event.data;
        const sender = { ...message.sender, id: `user:${message.sender.id}` };
        return { ...event, data: { message: { ...message, sender } } };
      }),
    })),
    "gives one contact one id and one name, whoever tells of it",
    /user:\d+/,
  ],
  [
    "tells another name than the contact has",
    bendSession(({ operations }) => ({
      operations: {
        ...operations,
        contacts: {
          ...operations?.contacts,
          get: async (contactId) => ({
            id: contactId,
            phone: null,
            lid: null,
            jid: null,
            name: "Somebody",
            about: null,
          }),
        },
      },
    })),
    "gives one contact one id and one name, whoever tells of it",
    /it is called Ana Lima and Somebody/,
  ],
  [
    "sends the images of an album one by one",
    bendSession((session) => ({
      send: async (message, signal) => {
        const { content } = message;
        if (content.type !== "album") return await session.send(message, signal);
        const sent = [];
        for (const item of content.items) {
          sent.push(await session.send({ ...message, content: item }, signal));
        }
        const [first] = sent;
        if (!first) throw new Error("an album is empty");
        return first;
      },
    })),
    "sends album, or refuses it beforehand",
    /the images are in an album/,
  ],
];

describe("the conformance suite finds a Telegram provider that", () => {
  it.each(BROKEN)("%s", { timeout: 60_000 }, async (_what, bend, name, why) => {
    const found = conformanceCases.find((one) => one.name === name);
    if (!found) throw new Error(`no such case: ${name}`);
    const place = await ConformancePlace.open(await createTelegramSubject(bend), {
      waitMs: 3_000,
    });
    await expect(found.run(place)).rejects.toThrow(why);
    await place.close();
  });
});
