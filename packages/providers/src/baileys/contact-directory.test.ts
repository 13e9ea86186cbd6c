import { expect, test } from "vitest";
import { CommitQueue } from "./commit-queue.ts";
import { ContactDirectory, type NewAliases } from "./contact-directory.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";
import type { KeyCodec } from "./key-codec.ts";
import { SessionStore } from "./session-store.ts";

const LID = "123456789012345@lid";
const PHONE = "5511988887777@s.whatsapp.net";

const text: KeyCodec = {
  encode: (value) => Buffer.from(String(value)),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

function setUp(instance = new MemoryInstance()) {
  const context = instance.context(new AbortController().signal);
  const onFailure = (cause: unknown) => {
    throw cause;
  };
  const queue = new CommitQueue({ commit: context.commit, hold: () => {}, onFailure });
  const codecs = { "lid-mapping": text, "chat-alias": text };
  const store = new SessionStore({ keys: context.keys, codecs, queue, onFailure });
  const directory = new ContactDirectory(store);
  const meet = async (jid: string, alternative: string | null = null) => {
    const aliases: NewAliases = {};
    const contact = await directory.identify({ jid, alternative }, null, aliases);
    await store.set({ "chat-alias": aliases });
    return contact;
  };
  return { instance, store, queue, directory, meet };
}

test("a phone that is known at first contact names the contact, LID or not", async () => {
  const { meet } = setUp();
  expect(await meet(LID, PHONE)).toEqual({
    id: PHONE,
    phone: "5511988887777",
    lid: LID,
    jid: PHONE,
    name: null,
  });
  expect((await meet(LID)).id).toBe(PHONE);
  expect((await meet(PHONE)).id).toBe(PHONE);
});

test("a chat that began under a LID stays there, also after a restart", async () => {
  const { instance, queue, meet } = setUp();
  expect(await meet(LID)).toEqual({ id: LID, phone: null, lid: LID, jid: null, name: null });
  expect(await meet(LID, PHONE)).toMatchObject({ id: LID, phone: "5511988887777", jid: PHONE });
  expect((await meet(PHONE, LID)).id).toBe(LID);
  await queue.flush();
  expect((await setUp(instance).meet(LID, PHONE)).id).toBe(LID);
});

test("a phone with a device, and Baileys' own mapping", async () => {
  const { store, meet } = setUp();
  await store.set({
    "lid-mapping": {
      "5511988887777": "123456789012345",
      "123456789012345_reverse": "5511988887777",
    },
  });
  expect((await meet("5511988887777:12@s.whatsapp.net")).lid).toBe(LID);
  expect((await meet("123456789012345:3@lid")).id).toBe(PHONE);
});

test("who is only mentioned has not been met", async () => {
  const { directory, meet } = setUp();
  expect((await directory.identify({ jid: LID, alternative: null }, null, null)).id).toBe(LID);
  expect((await meet(LID, PHONE)).id).toBe(PHONE);
});

test("a LID takes over the session of its phone number, and the row moves with the next write", async () => {
  const { instance, store, queue } = setUp();
  const record = { _sessions: {}, version: "v1" };
  await store.set({
    session: { "5511988887777.0": record },
    "lid-mapping": { "123456789012345_reverse": "5511988887777" },
  });
  await queue.flush();
  expect(await store.get("session", ["123456789012345_1.0"])).toEqual({
    "123456789012345_1.0": record,
  });
  await store.set({ session: { "123456789012345_1.0": record } });
  await queue.flush();
  expect([...instance.rows.keys()].filter((name) => name.startsWith("session"))).toEqual([
    "session|123456789012345_1.0",
  ]);
});
