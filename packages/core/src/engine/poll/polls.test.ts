import { afterEach, expect, it, vi } from "vitest";
import { fakeContact } from "../../testing/fake/fake-contact.ts";
import type { FakeSession } from "../../testing/fake-session.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { World } from "../../testing/harness/world.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";

const CHAT = "5511988887777";
const GROUP = "120363000000";
const DAY_MS = 86_400_000;
const ana = fakeContact("5511900000001", "Ana");
const bia = fakeContact("5511900000002", "Bia");
const lunch = { type: "poll", question: "Lunch?", options: ["rice", "pasta", "none"] } as const;

interface VoteInput {
  readonly messageId: string;
  readonly voter: typeof ana;
  readonly options: readonly string[];
  readonly chatId?: string;
  readonly votedAt?: number;
}

async function vote(session: FakeSession, input: VoteInput): Promise<void> {
  const { chatId = CHAT, votedAt = Date.now(), ...rest } = input;
  const data = { ...rest, chatId, votedAt: new Date(votedAt).toISOString() };
  await session.commit({ events: [{ name: "poll.voted", chatId, data }] });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describeEachDatabase("a poll", (createDatabase) => {
  it("counts everybody's last vote, and the options that nobody chose", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const content: OutgoingContent = { ...lunch, options: [...lunch.options], multiple: true };
    const { messageId } = await manager.send(instance.id, CHAT, content, { until: "sent" });
    const results = () => manager.polls.results(instance.id, `+${CHAT}`, messageId);
    const none = lunch.options.map((title) => ({ title, votes: 0, voters: [] }));
    expect(await results()).toEqual({ question: "Lunch?", options: none });
    const now = Date.now();
    await vote(session, { messageId, voter: bia, options: ["rice", "pasta"], votedAt: now });
    await vote(session, { messageId, voter: ana, options: ["rice"], votedAt: now });
    await vote(session, { messageId, voter: bia, options: ["pasta"], votedAt: now + 1 });
    // It was on its way for longer than the one that replaced it.
    await vote(session, { messageId, voter: bia, options: ["none"], votedAt: now - 1 });
    expect(await results()).toEqual({
      question: "Lunch?",
      options: [
        { title: "rice", votes: 1, voters: [ana] },
        { title: "pasta", votes: 1, voters: [bia] },
        { title: "none", votes: 0, voters: [] },
      ],
    });
    await vote(session, { messageId, voter: ana, options: [], votedAt: now + 1 });
    await vote(session, { messageId, voter: bia, options: ["added later"], votedAt: now + 2 });
    expect((await results()).options).toEqual([
      ...none,
      { title: "added later", votes: 1, voters: [bia] },
    ]);
  });

  it("is known by a vote that overtakes the answer to its send", async () => {
    await using world = new World(createDatabase(), { capabilities: { resend: "ambiguous" } });
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    world.platform.afterSend = () =>
      vote(session, { messageId: "fake-1", voter: ana, options: ["rice"] });
    const content = { ...lunch, options: [...lunch.options] };
    const { messageId } = await manager.send(instance.id, CHAT, content, { until: "sent" });
    expect(messageId).toBe("fake-1");
    const { options } = await manager.polls.results(instance.id, CHAT, messageId);
    expect(options[0]).toEqual({ title: "rice", votes: 1, voters: [ana] });
  });

  it("is known of others, of our other devices and of the history, in its own chat alone", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const content = { ...lunch, multiple: false };
    await session.receiveContent(content, { id: "theirs", chatId: GROUP, group: true });
    const message = {
      chatId: CHAT,
      chatType: "direct" as const,
      sender: fakeContact("5511999990000", "Support"),
      sentAt: new Date().toISOString(),
      content,
      quote: null,
    };
    const own = { ...message, id: "own" };
    const old = { ...message, id: "old" };
    await session.commit({
      events: [
        { name: "message.sent", chatId: CHAT, data: { origin: "device", message: own } },
        {
          name: "history.received",
          data: { messages: [{ direction: "out", message: old }], progress: null },
        },
      ],
    });
    await vote(session, { messageId: "theirs", chatId: GROUP, voter: ana, options: ["rice"] });
    const { options } = await manager.polls.results(instance.id, GROUP, "theirs");
    expect(options.map(({ votes }) => votes)).toEqual([1, 0, 0]);
    for (const id of ["own", "old"]) {
      expect(await manager.polls.results(instance.id, CHAT, id)).toMatchObject({
        question: "Lunch?",
      });
    }
    const notFound = { code: "POLL_NOT_FOUND" };
    await expect(manager.polls.results(instance.id, CHAT, "theirs")).rejects.toMatchObject(
      notFound,
    );
    const { instance: other } = await world.connect(manager);
    await expect(manager.polls.results(other.id, GROUP, "theirs")).rejects.toMatchObject(notFound);
    await expect(manager.polls.results("nobody", CHAT, "own")).rejects.toMatchObject({
      code: "INSTANCE_NOT_FOUND",
    });
  });

  it("outlives its events, until nobody has voted for as long as they are kept", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ retention: { eventDays: 10 } });
    const { instance, session } = await world.connect(manager);
    const content = { ...lunch, options: [...lunch.options] };
    const { messageId } = await manager.send(instance.id, CHAT, content, { until: "sent" });
    await vote(session, { messageId, voter: ana, options: ["rice"] });
    const now = Date.now();
    const clock = vi.spyOn(Date, "now");
    clock.mockImplementation(() => now + 6 * DAY_MS);
    await vote(session, { messageId, voter: bia, options: ["rice"] });
    clock.mockImplementation(() => now + 12 * DAY_MS);
    expect(await manager.storage.sweep()).toMatchObject({ polls: 0, pollVotes: 0 });
    const { options } = await manager.polls.results(instance.id, CHAT, messageId);
    expect(options[0]?.voters).toEqual([ana, bia]);
    clock.mockImplementation(() => now + 17 * DAY_MS);
    expect(await manager.storage.sweep()).toMatchObject({ polls: 1, pollVotes: 2 });
    await expect(manager.polls.results(instance.id, CHAT, messageId)).rejects.toMatchObject({
      code: "POLL_NOT_FOUND",
    });
  });
});
