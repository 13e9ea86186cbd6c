import { expect, test } from "vitest";
import { FakeTelegram } from "../../testing/telegram/fake-telegram.ts";
import { BenchInstance } from "../fixtures/bench-instance.ts";
import { TelegramBench, WAIT } from "../fixtures/telegram-bench.ts";

async function startGroup() {
  const bench = await TelegramBench.start();
  const talk = await bench.talk();
  const group = bench.telegram.createSupergroup(talk.ana, "Team");
  group.add(talk.bot);
  group.promote(talk.bot);
  return { bench, ...talk, group, groupId: String(group.id) };
}

test("exactly the operations that are declared are there", async () => {
  await using bench = await TelegramBench.start();
  const { id } = await bench.talk();
  const { operations } = await bench.manager.capabilities(id);
  expect(operations).toContain("groups.get");
  await expect(
    bench.manager.groups.create(id, { subject: "x", participants: ["1"] }),
  ).rejects.toMatchObject({
    code: "CAPABILITY_MISSING",
  });
});

test("typing and recording are shown", async () => {
  await using bench = await TelegramBench.start();
  const { bot, id, chatId } = await bench.talk();
  await bench.manager.chats.setPresence(id, chatId, "typing");
  await bench.manager.chats.setPresence(id, chatId, "recording");
  await bench.manager.chats.setPresence(id, chatId, "paused");
  expect(bot.actions.map(({ action }) => action)).toEqual(["typing", "record_voice"]);
});

test("a group is told, changed and left", async () => {
  const { bench, bot, ana, id, group, groupId } = await startGroup();
  await using _ = bench;
  const { groups } = bench.manager;
  expect(await groups.get(id, groupId)).toMatchObject({
    id: groupId,
    subject: "Team",
    ownerId: String(ana.id),
    size: 2,
    participants: [
      { contact: { id: String(ana.id) }, role: "owner" },
      { contact: { id: String(bot.id) }, role: "admin" },
    ],
    announceOnly: false,
    locked: false,
  });
  await groups.setSubject(id, groupId, "Crew");
  await groups.setSubject(id, groupId, "Crew");
  await groups.setDescription(id, groupId, "who does it");
  expect([group.title, group.description]).toEqual(["Crew", "who does it"]);
  await groups.setDescription(id, groupId, null);
  expect(group.description ?? "").toBe("");
  await groups.setSettings(id, groupId, { announceOnly: true, locked: true });
  expect(await groups.get(id, groupId)).toMatchObject({ announceOnly: true, locked: true });
  await groups.setSettings(id, groupId, { announceOnly: false });
  expect(await groups.get(id, groupId)).toMatchObject({ announceOnly: false, locked: true });
  await expect(groups.setSettings(id, groupId, { joinApproval: true })).rejects.toMatchObject({
    code: "OPERATION_REFUSED",
  });
  const link = await groups.inviteLink(id, groupId);
  expect(await groups.inviteLink(id, groupId)).toBe(link);
  const next = await groups.revokeInviteLink(id, groupId);
  expect(next).not.toBe(link);
  const bia = bench.telegram.createUser({ firstName: "Bia" });
  expect(() => bia.joinByLink(link)).toThrow();
  expect(bia.joinByLink(next)).toBe("joined");
  await groups.leave(id, groupId);
  await expect(groups.get(id, groupId)).rejects.toMatchObject({ code: "GROUP_NOT_FOUND" });
});

test("people are made admins and no admins, and put out so that they may come back", async () => {
  const { bench, id, group, groupId } = await startGroup();
  await using _ = bench;
  const bia = bench.telegram.createUser({ firstName: "Bia" });
  bia.join(group);
  const change = (action: "add" | "remove" | "promote" | "demote") =>
    bench.manager.groups.changeParticipants(id, groupId, action, [String(bia.id)]);
  const done = [{ contactId: String(bia.id), ok: true, reason: null }];
  expect(await change("promote")).toEqual(done);
  expect(group.statusOf(bia)).toBe("administrator");
  expect(await change("demote")).toEqual(done);
  expect(group.statusOf(bia)).toBe("member");
  expect(await change("remove")).toEqual(done);
  expect(group.statusOf(bia)).toBe("left");
  bia.join(group);
  expect(await change("add")).toMatchObject([
    { ok: false, reason: expect.stringMatching(/invite link/) },
  ]);
  const unknown = bench.manager.groups.changeParticipants(id, "-100999", "remove", ["1"]);
  await expect(unknown).rejects.toMatchObject({ code: "GROUP_NOT_FOUND" });
});

test("contacts and the own profile", async () => {
  await using bench = await TelegramBench.start();
  const { ana, id, chatId } = await bench.talk();
  ana.setBio("sells fish");
  expect(await bench.manager.contacts.get(id, chatId)).toMatchObject({
    id: chatId,
    name: "Ana",
    about: "sells fish",
  });
  await expect(bench.manager.contacts.get(id, "424242")).rejects.toMatchObject({
    code: "CONTACT_NOT_FOUND",
  });
  await bench.manager.profile.setName(id, "Fishmonger");
  await bench.manager.profile.setAbout(id, "fresh");
  expect(await bench.manager.profile.get(id)).toMatchObject({ about: "fresh" });
});

test("a public name leads to the number that messages come from", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const channel = telegram.createChannel(telegram.createUser(), "News", "daily_news");
  channel.promote(bot);
  await using instance = new BenchInstance(telegram, bot);
  const session = await instance.open();
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("connected");
  const signal = AbortSignal.timeout(10_000);
  expect(await session.resolveChat?.("@daily_news", signal)).toBe(String(channel.id));
  expect(await session.resolveChat?.("42", signal)).toBe("42");
});

test("an operation that Telegram refuses has its words; one that gets no answer says so", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const group = bench.telegram.createSupergroup(ana, "Team");
  group.add(bot);
  await expect(bench.manager.groups.setSubject(id, String(group.id), "x")).rejects.toMatchObject({
    code: "OPERATION_REFUSED",
    message: expect.stringMatching(/Telegram refused: .*rights/),
  });
  bench.telegram.fail({ kind: "reset" }, { method: "getChat" });
  await expect(bench.manager.groups.get(id, String(group.id))).rejects.toMatchObject({
    code: "PLATFORM_UNREACHABLE",
  });
});
