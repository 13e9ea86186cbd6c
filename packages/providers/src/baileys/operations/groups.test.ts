import { expect, test } from "vitest";
import { stanza } from "../../testing/wire/stanza.ts";
import { EngineBench } from "../fixtures/engine-bench.ts";

const ACCOUNT = "5511999990000";
const ANA = "4915112345678";
const BOB = "4915187654321";
const WAIT = { timeout: 10_000, interval: 5 };
const idOf = (number: string) => `${number}@s.whatsapp.net`;

async function setUp() {
  const bench = await EngineBench.start();
  for (const number of [ANA, BOB]) bench.whatsapp.peer(number);
  const id = await bench.pair(ACCOUNT);
  const { manager } = bench;
  const changes: unknown[] = [];
  manager.on("group.changed", ({ data: { actor, change } }) => {
    changes.push({ by: actor?.phone, ...change });
  });
  return { bench, id, changes, groups: manager.groups, whatsapp: bench.whatsapp };
}

test("a group is made, looked at, changed and left", async () => {
  const { bench, id, groups, changes } = await setUp();
  await using _ = bench;
  const made = await groups.create(id, { subject: "Team", participants: [ANA] });
  expect(made).toMatchObject({
    subject: "Team",
    description: null,
    ownerId: idOf(ACCOUNT),
    size: 2,
    announceOnly: false,
    ephemeralSeconds: null,
  });
  expect(made.participants.map(({ contact, role }) => [contact.id, role])).toEqual([
    [idOf(ACCOUNT), "owner"],
    [idOf(ANA), "member"],
  ]);
  await groups.setSubject(id, made.id, "Crew");
  await groups.setDescription(id, made.id, "Who we are");
  await groups.setDescription(id, made.id, "Who we were");
  await groups.setSettings(id, made.id, { announceOnly: true, locked: true, joinApproval: true });
  await groups.setEphemeral(id, made.id, 86_400);
  expect(await groups.get(id, made.id)).toMatchObject({
    subject: "Crew",
    description: "Who we were",
    announceOnly: true,
    locked: true,
    joinApproval: true,
    ephemeralSeconds: 86_400,
  });
  await groups.setDescription(id, made.id, null);
  await groups.setSettings(id, made.id, { announceOnly: false });
  await groups.setEphemeral(id, made.id, null);
  expect(await groups.list(id)).toMatchObject([
    { id: made.id, description: null, announceOnly: false, locked: true, ephemeralSeconds: null },
  ]);
  await groups.leave(id, made.id);
  expect(await groups.list(id)).toEqual([]);
  await expect.poll(() => changes.length, WAIT).toBe(12);
  const me = ACCOUNT;
  expect(changes).toMatchObject([
    { by: me, kind: "joined", participants: [{ id: idOf(ACCOUNT) }, { id: idOf(ANA) }] },
    { by: me, kind: "subject", subject: "Crew" },
    { by: me, kind: "description", description: "Who we are" },
    { by: me, kind: "description", description: "Who we were" },
    { by: me, kind: "settings", announceOnly: true },
    { by: me, kind: "settings", locked: true },
    { by: me, kind: "settings", joinApproval: true },
    { by: me, kind: "settings", ephemeralSeconds: 86_400 },
    { by: me, kind: "description", description: null },
    { by: me, kind: "settings", announceOnly: false },
    { by: me, kind: "settings", ephemeralSeconds: null },
    { by: me, kind: "left", participants: [{ id: idOf(ACCOUNT) }] },
  ]);
});

test("each participant has a result of its own, in the order of the question", async () => {
  const { bench, id, groups, whatsapp } = await setUp();
  await using _ = bench;
  const shy = whatsapp.peer("4915100000001");
  shy.refuseGroups();
  const { id: group } = await groups.create(id, { subject: "Team", participants: [ANA] });
  const added = await groups.changeParticipants(id, group, "add", [
    shy.number,
    BOB,
    "4915100000002",
    ANA,
  ]);
  expect(added).toEqual([
    { contactId: idOf(shy.number), ok: false, reason: expect.stringContaining("403") },
    { contactId: idOf(BOB), ok: true, reason: null },
    { contactId: idOf("4915100000002"), ok: false, reason: expect.stringContaining("404") },
    { contactId: idOf(ANA), ok: false, reason: expect.stringContaining("409") },
  ]);
  await groups.changeParticipants(id, group, "promote", [BOB]);
  expect((await groups.get(id, group)).participants).toMatchObject([
    { role: "owner" },
    { role: "member" },
    { contact: { id: idOf(BOB), phone: BOB }, role: "admin" },
  ]);
  await groups.changeParticipants(id, group, "demote", [BOB]);
  expect(await groups.changeParticipants(id, group, "remove", [BOB, ANA])).toMatchObject([
    { ok: true },
    { ok: true },
  ]);
  expect((await groups.get(id, group)).size).toBe(1);
});

test("groups are joined by link or code; a dead link, and one that needs an admin, are refused", async () => {
  const { bench, id, groups, whatsapp } = await setUp();
  await using _ = bench;
  const mine = await groups.create(id, { subject: "Mine", participants: [] });
  const link = await groups.inviteLink(id, mine.id);
  expect(link).toMatch(/^https:\/\/chat\.whatsapp\.com\/[\w-]{22}$/);
  const next = await groups.revokeInviteLink(id, mine.id);
  expect(next).not.toBe(link);
  const theirs = whatsapp.group("Theirs", [ANA, BOB]);
  expect(await groups.join(id, `https://chat.whatsapp.com/${theirs.inviteCode}`)).toBe(theirs.jid);
  expect(theirs.members).toContain(ACCOUNT);
  await groups.leave(id, theirs.jid);
  expect(await groups.join(id, theirs.inviteCode)).toBe(theirs.jid);
  const guarded = whatsapp.group("Guarded", [ANA]);
  guarded.rules.joinApproval = true;
  const refusal = (words: string) =>
    expect.objectContaining({ code: "OPERATION_REFUSED", message: expect.stringContaining(words) });
  await expect(groups.join(id, guarded.inviteCode)).rejects.toEqual(refusal("admin"));
  await expect(groups.join(id, link)).rejects.toEqual(refusal("gone (410)"));
  await expect(groups.join(id, "https://example.org/x")).rejects.toMatchObject({
    code: "VALIDATION_FAILED",
  });
});

test("what is no group of ours, and what only admins may do", async () => {
  const { bench, id, groups, whatsapp } = await setUp();
  await using _ = bench;
  const none = "120363400000009999@g.us";
  const theirs = whatsapp.group("Theirs", [ANA, BOB]);
  const missing = expect.objectContaining({ code: "GROUP_NOT_FOUND" });
  await expect(groups.get(id, none)).rejects.toEqual(missing);
  await expect(groups.get(id, theirs.jid)).rejects.toEqual(missing);
  await expect(groups.setSubject(id, theirs.jid, "Ours")).rejects.toEqual(missing);
  await expect(groups.leave(id, theirs.jid)).rejects.toEqual(missing);
  const shared = whatsapp.group("Shared", [ANA, ACCOUNT]);
  const refused = expect.objectContaining({ code: "OPERATION_REFUSED" });
  await expect(groups.changeParticipants(id, shared.jid, "add", [BOB])).rejects.toEqual(refused);
  await expect(groups.inviteLink(id, shared.jid)).rejects.toEqual(refused);
  await groups.setSubject(id, shared.jid, "Ours");
  expect(shared.subject).toBe("Ours");
});

test("what others change in a group is in the journal once, also when the account was away", async () => {
  const { bench, id, changes, groups, whatsapp } = await setUp();
  await using _ = bench;
  const ana = whatsapp.peer(ANA);
  const group = whatsapp.group("Theirs", [ANA, ACCOUNT]);
  expect((await groups.get(id, group.jid)).size).toBe(2);
  await bench.manager.stop(id);
  const subject = stanza("subject", {}, Buffer.from("While you were away"));
  expect(ana.changeGroup(group.jid, subject)).toBeNull();
  const add = stanza("add", {}, [stanza("participant", { jid: idOf(BOB) })]);
  expect(ana.changeGroup(group.jid, add)).toBeNull();
  await bench.manager.start(id);
  await expect
    .poll(() => changes, WAIT)
    .toMatchObject([
      { by: ANA, kind: "subject", subject: "While you were away" },
      { by: ANA, kind: "joined", participants: [{ phone: BOB }] },
    ]);
  // The next message goes to everybody who is in it by now.
  await bench.until(id, "connected");
  await bench.manager.send(id, group.jid, { type: "text", text: "hello all" });
  await whatsapp.peer(BOB).waitFor(({ text }) => text === "hello all");
  await bench.manager.restart(id);
  await bench.until(id, "connected");
  expect(changes).toHaveLength(2);
});
