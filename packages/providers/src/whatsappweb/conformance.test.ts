import type { Change, Provider, Session } from "@orquesta/core";
import {
  assertDeclares,
  bendCommits,
  bendSession,
  ConformancePlace,
  conformanceCases,
  LEAST_CAPABILITIES,
} from "@orquesta/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWebSubject } from "./fixtures/conformance-subject.ts";
import { whatsappweb } from "./whatsappweb-provider.ts";

describe.each([
  ["phone numbers", "phone"],
  ["LIDs", "lid"],
] as const)(
  "whatsappweb keeps what it declares, where people are known by %s",
  (_what, addressing) => {
    let place: ConformancePlace;
    beforeAll(async () => {
      place = await ConformancePlace.open(await createWebSubject(undefined, { addressing }));
    });
    afterAll(() => place.close());

    for (const { name, run } of conformanceCases) it(name, () => run(place));
  },
);

it("whatsappweb declares all that it has to", () => {
  const provider: Provider = whatsappweb({ dataDir: "profiles" });
  assertDeclares(provider.capabilities, LEAST_CAPABILITIES.whatsappweb);
});

/** What a provider does wrong. */
interface Defect {
  readonly session?: (session: Session) => Partial<Session>;
  readonly commit?: (change: Change) => Change;
}

const nothing = async () => {};

/** Providers that break one promise each, the case that has to find it, and how. */
const BROKEN: readonly (readonly [string, Defect, string, RegExp])[] = [
  [
    "knows people by another address in operations than in messages",
    {
      session: ({ operations }) => ({
        operations: {
          ...operations,
          contacts: {
            ...operations?.contacts,
            get: async (contactId, signal) => {
              const contact = await operations?.contacts?.get?.(contactId, signal);
              if (!contact?.lid) throw new Error("the contact has a LID");
              return { ...contact, id: contact.lid };
            },
          },
        },
      }),
    },
    "gives one contact one id and one name, whoever tells of it",
    /@lid/,
  ],
  [
    "gives the thumbnail instead of the picture",
    {
      session: (session) => ({
        openMedia: async (id, signal) => {
          const stream = await session.openMedia?.(id, signal);
          if (!stream) throw new Error("it opens media");
          return stream.map((bytes: Buffer) => bytes.subarray(0, 16));
        },
      }),
    },
    "can contacts.picture, or refuses it beforehand",
    /deep-equal/,
  ],
  [
    "does not take a group's picture away",
    {
      session: ({ operations }) => ({
        operations: {
          ...operations,
          groups: {
            ...operations?.groups,
            setPicture: async (groupId, picture, signal) => {
              if (picture) await operations?.groups?.setPicture?.(groupId, picture, signal);
            },
          },
        },
      }),
    },
    "can groups.setPicture, or refuses it beforehand",
    /null/,
  ],
  [
    "archives chats here only",
    {
      session: ({ operations }) => ({
        operations: { ...operations, chats: { ...operations?.chats, archive: nothing } },
      }),
    },
    "can chats.archive, or refuses it beforehand",
    /archived.*not within/,
  ],
  [
    "tells nobody of edits",
    {
      commit: ({ events = [], ...change }) => ({
        ...change,
        events: events.filter(({ name }) => name !== "message.edited"),
      }),
    },
    "tells that somebody edited a message",
    /message.edited is told: not within/,
  ],
];

describe("the conformance suite finds a whatsappweb provider that", () => {
  let defect: Defect = {};
  let place: ConformancePlace;
  /** One browser for all of them: its session takes on one defect after the other. */
  const bend = (provider: Provider): Provider => {
    const withCommits = bendCommits((change) => defect.commit?.(change) ?? change)(provider);
    return bendSession((session) => ({
      get operations() {
        return defect.session?.(session).operations ?? session.operations ?? {};
      },
      openMedia: (id, signal) => {
        const { openMedia } = defect.session?.(session) ?? {};
        const opened = openMedia?.(id, signal) ?? session.openMedia?.(id, signal);
        return opened ?? Promise.reject(new Error("it opens media"));
      },
    }))(withCommits);
  };
  beforeAll(async () => {
    place = await ConformancePlace.open(await createWebSubject(bend), { waitMs: 3_000 });
  });
  afterAll(() => place.close());

  it.each(BROKEN)("%s", async (_what, wrong, name, why) => {
    const found = conformanceCases.find((one) => one.name === name);
    if (!found) throw new Error(`no such case: ${name}`);
    defect = {};
    await found.run(place);
    defect = wrong;
    await expect(found.run(place)).rejects.toThrow(why);
  });
});
