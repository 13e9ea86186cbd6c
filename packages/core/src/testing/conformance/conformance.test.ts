import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Capabilities, OutboxMessage, Session } from "../../index.ts";
import { FAKE_NOBODY } from "../fake/fake-operations.ts";
import { FakePlatform } from "../fake-platform.ts";
import { bendSession } from "./bent-provider.ts";
import { conformanceCases } from "./conformance.ts";
import { ConformancePlace } from "./conformance-place.ts";
import type { ConformanceSubject } from "./conformance-subject.ts";
import { assertDeclares, LEAST_CAPABILITIES } from "./least-capabilities.ts";

type Bend = (session: Session) => Partial<Session>;

/** The fake platform as a subject; `bend` breaks its sessions. */
function createSubject(
  capabilities: Partial<Capabilities> = {},
  bend: Bend = () => ({}),
): ConformanceSubject {
  const platform = new FakePlatform({ capabilities });
  let instance = "";
  return {
    provider: bendSession(bend)(platform.provider),
    settings: {},
    chatId: "+5511988887777",
    other: "+5511977776666",
    nobody: FAKE_NOBODY,
    peer: platform.peer(() => instance),
    async connect(instanceId) {
      instance = instanceId;
    },
    async close() {},
  };
}

const NATIVE: Partial<Capabilities> = { menus: "native" };

describe.each([
  ["with numbered menus", {}],
  ["with native menus", NATIVE],
  [
    "that can do nothing but text",
    { outgoing: ["text"], incoming: ["text"], events: [], operations: [] },
  ],
] satisfies [string, Partial<Capabilities>][])("the fake provider %s", (_name, capabilities) => {
  let place: ConformancePlace;
  beforeAll(async () => {
    place = await ConformancePlace.open(createSubject(withMenus(capabilities)));
  });
  afterAll(() => place.close());

  for (const { name, run } of conformanceCases) it(name, () => run(place));
});

/** Native menus are sent by the provider itself. */
function withMenus(capabilities: Partial<Capabilities>): Partial<Capabilities> {
  if (capabilities.menus !== "native") return capabilities;
  const { outgoing, incoming } = new FakePlatform().provider.capabilities;
  return {
    ...capabilities,
    outgoing: [...outgoing, "buttons", "list"],
    incoming: [...incoming, "choice"],
  };
}

function bendSending(change: (message: OutboxMessage) => OutboxMessage): Bend {
  return (session) => ({ send: (message, signal) => session.send(change(message), signal) });
}

/** Subjects that break one promise each, and the case that has to find it. */
const BROKEN: readonly (readonly [string, Bend, string])[] = [
  [
    "sends a caption without its image",
    bendSending((message) =>
      message.content.type === "image"
        ? { ...message, content: { type: "text", text: message.content.caption ?? "" } }
        : message,
    ),
    "sends image, or refuses it beforehand",
  ],
  [
    "forgets what a message answers",
    bendSending((message) => {
      if (message.content.type !== "text") return message;
      const { quoteMessageId: _, ...content } = message.content;
      return { ...message, content };
    }),
    "answers a message",
  ],
  [
    "names nobody",
    bendSending((message) => {
      if (message.content.type !== "text") return message;
      const { mentions: _, ...content } = message.content;
      return { ...message, content };
    }),
    "names those whom a text mentions",
  ],
  [
    "shows the marks of Markdown",
    bendSending((message) => {
      if (message.content.type !== "text") return message;
      return { ...message, content: { ...message.content, format: "plain" } };
    }),
    "shows Markdown in the platform's own way",
  ],
  [
    "reacts with something else",
    bendSending((message) =>
      message.content.type === "reaction" && message.content.emoji !== null
        ? { ...message, content: { ...message.content, emoji: "👎" } }
        : message,
    ),
    "sends reaction, or refuses it beforehand",
  ],
  [
    "has an operation that does nothing",
    ({ operations }) => ({
      operations: { ...operations, chats: { ...operations?.chats, archive: async () => {} } },
    }),
    "can chats.archive, or refuses it beforehand",
  ],
  [
    "does not have an operation that it declares",
    ({ operations = {} }) => {
      const { calls: _, ...others } = operations;
      return { operations: others };
    },
    "can calls.reject, or refuses it beforehand",
  ],
  [
    "gives other bytes than were sent",
    (session) => ({
      openMedia: async (id, signal) => {
        const stream = await session.openMedia?.(id, signal);
        if (!stream) throw new Error("it opens media");
        return stream.map((chunk: Buffer) => Buffer.alloc(chunk.length));
      },
    }),
    "receives image",
  ],
];

describe("the conformance suite finds a provider that", () => {
  it.each(BROKEN)("%s", async (_what, bend, name) => {
    const found = conformanceCases.find((one) => one.name === name);
    if (!found) throw new Error(`no such case: ${name}`);
    const honest = await ConformancePlace.open(createSubject());
    await found.run(honest).finally(() => honest.close());
    const place = await ConformancePlace.open(createSubject({}, bend), { waitMs: 2_000 });
    await expect(found.run(place)).rejects.toThrow();
    await place.close();
  });
});

it("the least list finds what a provider forgets to declare", () => {
  const { capabilities } = new FakePlatform().provider;
  expect(() => assertDeclares(capabilities, LEAST_CAPABILITIES.baileys)).not.toThrow();
  const without = { ...capabilities, operations: capabilities.operations.slice(1) };
  expect(() => assertDeclares(without, LEAST_CAPABILITIES.baileys)).toThrow("chats.setPresence");
});
