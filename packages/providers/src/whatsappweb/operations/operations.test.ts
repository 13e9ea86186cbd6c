import { buffer } from "node:stream/consumers";
import type { InstanceManager } from "@orquesta/core";
import { sampleFiles } from "@orquesta/core/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { WebPhone } from "../../testing/web/web-phone.ts";
import { WebWorld } from "../fixtures/web-world.ts";
import type { WhatsappWebProvider } from "../whatsappweb-provider.ts";
import type { OperationParts } from "./operation-parts.ts";
import { createOperations, OPERATIONS } from "./operations.ts";

/** Nothing of it is used until an operation is. */
const UNUSED = {} as OperationParts;

const ANA = "15550000002";
const BEN = "15550000003";
const [ANA_ID, BEN_ID] = [`${ANA}@s.whatsapp.net`, `${BEN}@s.whatsapp.net`];

let world: WebWorld;
let manager: InstanceManager<[WhatsappWebProvider]>;
let id: string;
let me: WebPhone;
let ana: WebPhone;

beforeAll(async () => {
  world = await WebWorld.open();
  ana = world.whatsapp.phone(ANA, "Ana");
  world.whatsapp.phone(BEN, "Ben");
  manager = world.manager();
  id = (await world.connect(manager)).id;
  me = world.phone();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

it("there is exactly what is declared", () => {
  expect(new Set(OPERATIONS).size).toBe(OPERATIONS.length);
  expect(world.provider().capabilities.operations).toEqual(OPERATIONS);
  const offered = Object.entries(createOperations(UNUSED)).flatMap(([group, operations]) =>
    Object.keys(operations).map((name) => `${group}.${name}`),
  );
  expect(offered.sort()).toEqual([...OPERATIONS].sort());
});

it("chats: presence, read, unread, archive, mute, pin", async () => {
  const { chats } = manager;
  for (const [presence, shown] of [
    ["typing", "composing"],
    ["recording", "recording"],
    ["paused", "paused"],
  ] as const) {
    await chats.setPresence(id, ANA_ID, presence);
    await ana.waitFor((one) => one.kind === "typing" && one.state === shown);
  }
  const client = await world.client(manager, id);
  const chat = async () => await client.getChatById(`${ANA}@c.us`);
  const written = ana.send(me.number, "read me");
  await vi.waitFor(async () => expect((await chat()).unreadCount).toBe(1), 30_000);
  await chats.markRead(id, ANA_ID, []);
  expect(written.isSeen).toBe(true);
  expect((await chat()).unreadCount).toBe(0);
  await chats.markUnread(id, ANA_ID);
  expect((await chat()).unreadCount).toBe(-1);
  await chats.archive(id, ANA_ID, true);
  expect((await chat()).archived).toBe(true);
  await chats.archive(id, ANA_ID, false);
  expect((await chat()).archived).toBe(false);
  const until = new Date(Date.now() + 3_600_000);
  await chats.mute(id, ANA_ID, until);
  expect((await chat()).muteExpiration).toBe(Math.floor(until.getTime() / 1000));
  await chats.mute(id, ANA_ID, null);
  expect((await chat()).isMuted).toBe(false);
  await chats.pin(id, ANA_ID, true);
  expect((await chat()).pinned).toBe(true);
  await chats.pin(id, ANA_ID, false);
  expect((await chat()).pinned).toBe(false);
  await expect(chats.archive(id, "15559999999@s.whatsapp.net", true)).rejects.toMatchObject({
    code: "OPERATION_REFUSED",
  });
});

it("contacts: check, get, block", async () => {
  const { contacts } = manager;
  const checked = await contacts.check(id, [`+1 (555) 000-0002`, "15559999999", "nobody"]);
  expect(checked).toMatchObject([
    { input: "+1 (555) 000-0002", contact: { id: ANA_ID, phone: ANA, lid: ana.address.lid } },
    { input: "15559999999", contact: null },
    { input: "nobody", contact: null },
  ]);
  expect(await contacts.get(id, ANA_ID)).toMatchObject({ id: ANA_ID, name: "Ana", about: "" });
  await expect(contacts.get(id, "15559999999@s.whatsapp.net")).rejects.toMatchObject({
    code: "CONTACT_NOT_FOUND",
  });
  await contacts.block(id, ANA_ID);
  expect(await contacts.blocked(id)).toEqual([ANA_ID]);
  await contacts.unblock(id, ANA_ID);
  expect(await contacts.blocked(id)).toEqual([]);
});

it("groups: from their making to leaving them", async () => {
  const { groups } = manager;
  const group = await groups.create(id, { subject: "Team", participants: [ANA_ID] });
  expect(group).toMatchObject({ subject: "Team", description: null, size: 2, locked: false });
  expect(group.participants).toMatchObject([
    { contact: { phone: me.number }, role: "owner" },
    { contact: { id: ANA_ID }, role: "member" },
  ]);
  const change = async (action: "add" | "remove" | "promote" | "demote", who: string) =>
    (await groups.changeParticipants(id, group.id, action, [who])).map(({ ok }) => ok);
  expect(await change("add", BEN_ID)).toEqual([true]);
  expect(await change("add", "15559999999@s.whatsapp.net")).toEqual([false]);
  expect(await change("promote", BEN_ID)).toEqual([true]);
  expect(await change("demote", BEN_ID)).toEqual([true]);
  expect(await change("remove", BEN_ID)).toEqual([true]);
  expect(await change("remove", BEN_ID)).toEqual([false]);

  await groups.setSubject(id, group.id, "Crew");
  await groups.setDescription(id, group.id, "what we do");
  await groups.setSettings(id, group.id, { announceOnly: true, locked: true });
  expect(await groups.get(id, group.id)).toMatchObject({
    subject: "Crew",
    description: "what we do",
    announceOnly: true,
    locked: true,
    size: 2,
  });
  expect((await groups.list(id)).map(({ subject }) => subject)).toContain("Crew");
  const link = await groups.inviteLink(id, group.id);
  expect(link).toMatch(/^https:\/\/chat\.whatsapp\.com\/[\w-]{22}$/);
  expect(await groups.revokeInviteLink(id, group.id)).not.toBe(link);
  await expect(groups.join(id, link)).rejects.toMatchObject({ code: "OPERATION_REFUSED" });

  await groups.leave(id, group.id);
  await expect(groups.get(id, "120363000000000@g.us")).rejects.toMatchObject({
    code: "GROUP_NOT_FOUND",
  });
});

it("groups of others: only admins change them", async () => {
  const theirs = world.whatsapp.createGroup("Theirs", ANA, [me.number]);
  ana.changeGroup(theirs, { restrict: true });
  const refused = { code: "OPERATION_REFUSED" };
  await expect(manager.groups.setSubject(id, theirs, "Mine")).rejects.toMatchObject(refused);
  const add = manager.groups.changeParticipants(id, theirs, "add", [BEN_ID]);
  await expect(add).rejects.toMatchObject(refused);
  await expect(manager.groups.inviteLink(id, theirs)).rejects.toMatchObject(refused);
});

it("pictures: of people, of groups, of the account", async () => {
  const { contacts, groups, profile, media } = manager;
  const bytesOf = async (mediaId: string) => await buffer((await media.open(id, mediaId)).stream);
  expect(await contacts.picture(id, ANA_ID)).toBeNull();
  ana.setPicture(sampleFiles.JPEG);
  const picture = await contacts.picture(id, ANA_ID);
  expect(picture).toMatchObject({ mimeType: "image/jpeg" });
  ana.setPicture(sampleFiles.PNG);
  // Nobody has fetched it, and it is not hers any more.
  await expect(bytesOf(picture?.id ?? "")).rejects.toMatchObject({ code: "MEDIA_EXPIRED" });
  const next = await contacts.picture(id, ANA_ID);
  expect(await bytesOf(next?.id ?? "")).toEqual(Buffer.from(sampleFiles.PNG));
  await expect(contacts.picture(id, "15559999999@s.whatsapp.net")).rejects.toMatchObject({
    code: "CONTACT_NOT_FOUND",
  });
  await expect(contacts.picture(id, "120363000000000@g.us")).rejects.toMatchObject({
    code: "GROUP_NOT_FOUND",
  });

  const group = world.whatsapp.createGroup("Pictures", ANA, [me.number]);
  await groups.setPicture(id, group, null);
  await groups.setPicture(id, group, { bytes: sampleFiles.PNG });
  const shown = await contacts.picture(id, group);
  // The page makes a JPEG of it.
  expect((await bytesOf(shown?.id ?? "")).subarray(0, 3).toString("hex")).toBe("ffd8ff");
  ana.changeGroup(group, { restrict: true });
  const refused = { code: "OPERATION_REFUSED" };
  await vi.waitFor(async () => expect(await groups.get(id, group)).toMatchObject({ locked: true }));
  await expect(groups.setPicture(id, group, null)).rejects.toMatchObject(refused);
  await expect(groups.setPicture(id, group, { bytes: sampleFiles.PNG })).rejects.toMatchObject(
    refused,
  );
  await expect(groups.setPicture(id, group, { bytes: sampleFiles.PDF })).rejects.toMatchObject({
    code: "MEDIA_UNREADABLE",
  });

  await profile.setPicture(id, { bytes: sampleFiles.JPEG });
  const account = `${me.number}@s.whatsapp.net`;
  expect(await contacts.picture(id, account)).not.toBeNull();
  await profile.setPicture(id, null);
  expect(await contacts.picture(id, account)).toBeNull();
});

it("the own profile", async () => {
  await manager.profile.setName(id, "Shop");
  await manager.profile.setAbout(id, "open");
  expect(await manager.profile.get(id)).toMatchObject({
    phone: me.number,
    name: "Shop",
    about: "open",
  });
});
