import { expect, test } from "vitest";
import { AccountBench } from "../fixtures/account-bench.ts";
import { EngineBench } from "../fixtures/engine-bench.ts";

const ACCOUNT = "5511999990000";
const ANA = "4915112345678";
const WAIT = { timeout: 10_000, interval: 5 };
const idOf = (number: string) => `${number}@s.whatsapp.net`;

/** An account with everything that is heard of it. */
async function setUp(settings: Readonly<Record<string, unknown>> = {}) {
  const bench = await EngineBench.start();
  const ana = bench.whatsapp.peer(ANA, { name: "Ana" });
  const id = await bench.pair(ACCOUNT, settings);
  const { manager, whatsapp } = bench;
  const logins: unknown[] = [];
  whatsapp.events.on("login", (login) => logins.push(login));
  const events: { readonly name: string; readonly data: unknown }[] = [];
  for (const name of ["call.received", "call.ended", "message.received", "message.sent"] as const) {
    manager.on(name, ({ data }) => void events.push({ name, data }));
  }
  const change = (changes: Readonly<Record<string, unknown>>) =>
    manager.configure(id, { settings: changes });
  return { bench, ana, id, manager, whatsapp, logins, events, change };
}

test("calls ring, are refused by hand, and by themselves as soon as the setting says so", async () => {
  const { bench, ana, id, manager, logins, events, change } = await setUp();
  await using _ = bench;
  const first = ana.call(ACCOUNT, { video: true });
  await expect
    .poll(() => events, WAIT)
    .toMatchObject([
      {
        name: "call.received",
        data: {
          callId: first.id,
          caller: { phone: ANA, name: "Ana" },
          video: true,
          group: false,
          rejected: false,
        },
      },
    ]);
  first.end("timeout");
  await expect
    .poll(() => events.at(-1), WAIT)
    .toMatchObject({
      name: "call.ended",
      data: { callId: first.id, chatId: idOf(ANA), outcome: "missed" },
    });
  const second = ana.call(ACCOUNT);
  await expect.poll(() => events.length, WAIT).toBe(3);
  await manager.calls.reject(id, second.id);
  expect(second.isRejected).toBe(true);
  await manager.calls.reject(id, "GONE");
  await change({ rejectCall: true, msgCall: "Please write" });
  const third = ana.call(ACCOUNT);
  await expect.poll(() => third.isRejected, WAIT).toBe(true);
  await ana.waitFor(({ text }) => text === "Please write");
  const own = () => events.filter(({ name }) => name === "message.sent");
  await expect
    .poll(own, WAIT)
    .toMatchObject([
      { data: { message: { chatId: idOf(ANA), content: { text: "Please write" } } } },
    ]);
  expect(
    events.find(
      ({ name, data }) =>
        name === "call.received" && (data as { callId: string }).callId === third.id,
    ),
  ).toMatchObject({ data: { rejected: true } });
  expect(ana.received).toHaveLength(1);
  third.end("hangup");
  await expect.poll(() => events.at(-1), WAIT).toMatchObject({ data: { outcome: "rejected" } });
  expect(logins).toEqual([]);
});

test("a call of before is told, and neither refused nor answered with a text", async () => {
  const { bench, ana, id, manager, events } = await setUp({
    rejectCall: true,
    msgCall: "Please write",
  });
  await using _ = bench;
  await manager.stop(id);
  const call = ana.call(ACCOUNT);
  await manager.start(id);
  await expect
    .poll(() => events, WAIT)
    .toMatchObject([{ name: "call.received", data: { rejected: false } }]);
  expect(call.isRejected).toBe(false);
  expect(ana.received).toEqual([]);
});

test("groups are left out while the setting says so: received for WhatsApp, not kept by us", async () => {
  const { bench, ana, whatsapp, logins, events, change } = await setUp();
  await using _ = bench;
  const group = whatsapp.group("Team", [ANA, ACCOUNT]);
  await change({ groupsIgnore: true });
  await ana.send(group.jid, "not for us");
  await ana.send(ACCOUNT, "for us");
  await expect.poll(() => whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
  await change({ groupsIgnore: false });
  await ana.send(group.jid, "for us again");
  const texts = () =>
    events.map(
      ({ data }) => (data as { message: { content: { text: string } } }).message.content.text,
    );
  await expect.poll(texts, WAIT).toEqual(["for us", "for us again"]);
  expect([whatsapp.nacks(ACCOUNT), whatsapp.retries(ACCOUNT), logins]).toEqual([[], [], []]);
});

test("what is kept is marked as read, once, while the setting says so", async () => {
  const { bench, ana, whatsapp, logins, events, change } = await setUp();
  await using _ = bench;
  const read = () =>
    whatsapp.receipts(ACCOUNT).flatMap(({ type, id }) => (type === "read" ? [id] : []));
  await ana.send(ACCOUNT, "one");
  await expect.poll(() => events.length, WAIT).toBe(1);
  await change({ readMessages: true });
  const group = whatsapp.group("Team", [ANA, ACCOUNT]);
  const ids = [await ana.send(ACCOUNT, "two"), await ana.send(group.jid, "three")].map(
    ({ id }) => id,
  );
  await expect.poll(() => read().toSorted(), WAIT).toEqual(ids.toSorted());
  await change({ readMessages: false });
  await ana.send(ACCOUNT, "four");
  await expect.poll(() => events.length, WAIT).toBe(4);
  await expect.poll(() => whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
  expect(read()).toHaveLength(2);
  expect(logins).toEqual([]);
});

test("status updates of contacts are marked as read by a setting of their own", async () => {
  const { bench, ana, whatsapp, events, change } = await setUp({ readMessages: true });
  await using _ = bench;
  const read = () =>
    whatsapp.receipts(ACCOUNT).flatMap(({ type, id }) => (type === "read" ? [id] : []));
  ana.postStatus(ACCOUNT, "a story");
  await expect.poll(() => events.length, WAIT).toBe(1);
  const message = await ana.send(ACCOUNT, "hi");
  await expect.poll(read, WAIT).toEqual([message.id]);
  await change({ readStatus: true });
  const story = ana.postStatus(ACCOUNT, "another story");
  await expect.poll(read, WAIT).toEqual([message.id, story.id]);
  expect(whatsapp.retries(ACCOUNT)).toEqual([]);
});

test("the account is shown as online when the setting says so, and no longer when it does not", async () => {
  const { bench, id, manager, whatsapp, logins, change } = await setUp();
  await using _ = bench;
  await manager.profile.setName(id, "Shop");
  const shown: string[] = [];
  whatsapp.events.on("presence", ({ chat, presence }) => {
    if (chat === null) shown.push(presence);
  });
  await change({ alwaysOnline: true });
  await expect.poll(() => shown, WAIT).toEqual(["available"]);
  await change({ markOnline: true });
  await change({ alwaysOnline: false });
  expect(shown).toEqual(["available"]);
  await change({ markOnline: false });
  await expect.poll(() => shown, WAIT).toEqual(["available", "unavailable"]);
  expect(logins).toEqual([]);
  await change({ alwaysOnline: true });
  await manager.restart(id);
  await expect.poll(() => shown.at(-1), WAIT).toBe("available");
});

test("a refused message says whether the account may begin no chats; replies go on", async () => {
  await using bench = await AccountBench.start();
  const { session, instance } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  bench.whatsapp.peer("4915187654321");
  bench.whatsapp.phone(ACCOUNT).restrictNewChats();
  const say = (number: string) =>
    session.send(
      {
        outboxId: "o",
        messageId: bench.provider.createMessageId(),
        chatId: idOf(number),
        content: { type: "text", text: "hello" },
        attempt: 1,
      },
      AbortSignal.timeout(10_000),
    );
  await expect(say(ANA)).rejects.toMatchObject({ code: "SEND_RESTRICTED" });
  await ana.send(ACCOUNT, "hi");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  await say(ANA);
  await ana.waitFor(({ text }) => text === "hello");
  await expect(say("4915187654321")).rejects.toMatchObject({ code: "SEND_RESTRICTED" });
  bench.whatsapp.phone(ACCOUNT).restrictNewChats(false);
  await say("4915187654321");
});
