import type { ChatOperations, ProfileOperations } from "@orquesta/core";
import { expect, test } from "vitest";
import { AccountBench } from "../fixtures/account-bench.ts";

const ACCOUNT = "5511999990000";
const ANA = "4915112345678";
const BOB = "4915187654321";
const WAIT = { timeout: 10_000, interval: 5 };
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]);
const idOf = (number: string) => `${number}@s.whatsapp.net`;
const signal = AbortSignal.timeout(60_000);

async function setUp() {
  const bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const { whatsapp } = bench;
  // Bridge: what the provider declares is there.
  const chats = session.operations?.chats as ChatOperations;
  const profile = session.operations?.profile as ProfileOperations;
  const hasKey = () =>
    [...instance.rows.keys()].some((key) => key.startsWith("app-state-sync-key"));
  await expect.poll(hasKey, WAIT).toBe(true);
  return { bench, whatsapp, phone: whatsapp.phone(ACCOUNT), instance, session, chats, profile };
}

test("chats are archived, muted, pinned and marked on all devices; the phone can verify it", async () => {
  const { bench, phone, chats, instance, session } = await setUp();
  await using _ = bench;
  const chat = idOf(ANA);
  await chats.archive(chat, true, signal);
  await chats.pin(chat, true, signal);
  await chats.mute(chat, 1_900_000_000_000, signal);
  await chats.markUnread(chat, signal);
  await expect
    .poll(() => phone.chat(chat), WAIT)
    .toEqual({ archived: true, pinned: true, unread: true, mutedUntil: 1_900_000_000_000 });
  await session.close();
  const next = await bench.connect(instance);
  const again = next.operations?.chats;
  await again?.archive?.(chat, false, signal);
  await again?.pin?.(chat, false, signal);
  await again?.mute?.(chat, null, signal);
  await again?.markRead?.(chat, [], signal);
  await expect
    .poll(() => phone.chat(chat), WAIT)
    .toEqual({ archived: false, pinned: false, unread: false, mutedUntil: null });
  expect(phone.appStateFailures).toEqual([]);
});

test("typing, recording and pausing are shown in the chat", async () => {
  const { bench, whatsapp, chats } = await setUp();
  await using _ = bench;
  const shown: unknown[] = [];
  whatsapp.events.on("presence", ({ chat, presence }) => shown.push([chat, presence]));
  for (const presence of ["typing", "recording", "paused"] as const) {
    await chats.setPresence(idOf(ANA), presence, signal);
  }
  await expect
    .poll(() => shown, WAIT)
    .toEqual([
      [ANA, "composing"],
      [ANA, "recording"],
      [ANA, "paused"],
    ]);
});

test("messages are marked as read one by one, and all of a chat; in a group by their author", async () => {
  const { bench, whatsapp, instance, chats } = await setUp();
  await using _ = bench;
  const ana = whatsapp.peer(ANA);
  const group = whatsapp.group("Team", [BOB, ANA, ACCOUNT]);
  const first = await ana.send(ACCOUNT, "one");
  const second = await ana.send(ACCOUNT, "two");
  const inGroup = await ana.send(group.jid, "all");
  await expect.poll(() => instance.received.length, WAIT).toBe(3);
  const read = () =>
    whatsapp
      .receipts(ACCOUNT)
      .filter(({ type }) => type === "read")
      .map(({ id, chat }) => [id, chat]);
  expect(read()).toEqual([]);
  await chats.markRead(idOf(ANA), [first.id], signal);
  await expect.poll(read, WAIT).toEqual([[first.id, ANA]]);
  await chats.markRead(idOf(ANA), [], signal);
  await expect.poll(read, WAIT).toEqual([
    [first.id, ANA],
    [second.id, ANA],
  ]);
  await chats.markRead(group.jid, [inGroup.id], signal);
  await expect.poll(() => read().at(-1), WAIT).toEqual([inGroup.id, group.jid]);
});

test("others' typing and presence is told at once, and never kept", async () => {
  const { bench, whatsapp, instance } = await setUp();
  await using _ = bench;
  const ana = whatsapp.peer(ANA);
  await ana.send(ACCOUNT, "hi");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  for (const presence of ["typing", "recording", "paused", "online", "offline"] as const) {
    ana.showPresence(ACCOUNT, presence);
  }
  ana.showPresence(ACCOUNT, "typing", "120363400000000001@g.us");
  const told = () =>
    instance.emitted.flatMap((event) => (event.name === "presence.changed" ? [event.data] : []));
  const chatId = idOf(ANA);
  await expect.poll(() => told().length, WAIT).toBe(6);
  expect(told()).toEqual([
    ...["typing", "recording", "paused", "online", "offline"].map((presence) => ({
      chatId,
      contactId: chatId,
      presence,
    })),
    { chatId: "120363400000000001@g.us", contactId: chatId, presence: "typing" },
  ]);
});

test("the account's own profile: name, about, and a picture that has to be a JPEG", async () => {
  const { bench, phone, instance, profile, session } = await setUp();
  await using _ = bench;
  await profile.setName("Shop", signal);
  await profile.setAbout("Open from 9 to 5", signal);
  expect(await profile.get(signal)).toMatchObject({
    phone: ACCOUNT,
    name: "Shop",
    about: "Open from 9 to 5",
  });
  await expect.poll(() => phone.pushName, WAIT).toBe("Shop");
  const media = (hash: string, bytes: Buffer) => {
    instance.media.set(hash, bytes);
    return { hash, size: bytes.length, mimeType: "image/jpeg", fileName: null, seconds: null };
  };
  await profile.setPicture(media("a", JPEG), signal);
  expect(phone.picture).toEqual(JPEG);
  const png = profile.setPicture(media("b", Buffer.from("PNG")), signal);
  await expect(png).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  expect(phone.picture).toEqual(JPEG);
  await profile.setPicture(null, signal);
  expect(phone.picture).toBeNull();
  const group = bench.whatsapp.group("Team", [ACCOUNT, ANA]);
  await session.operations?.groups?.setPicture?.(group.jid, media("a", JPEG), signal);
  expect(group.picture).toEqual(JPEG);
  await expect
    .poll(() => instance.events.at(-1), WAIT)
    .toMatchObject({
      name: "group.changed",
      data: { chatId: group.jid, change: { kind: "picture" } },
    });
});

test("nothing is asked of a session that is over", async () => {
  const { bench, session, chats, profile } = await setUp();
  await using _ = bench;
  const asked = profile.get(signal);
  await session.close();
  await expect(asked.catch((error: unknown) => error)).resolves.toBeDefined();
  await expect(chats.pin(idOf(ANA), true, signal)).rejects.toMatchObject({
    code: "SESSION_CLOSED",
  });
  await expect(profile.get(signal)).rejects.toMatchObject({ code: "SESSION_CLOSED" });
});
