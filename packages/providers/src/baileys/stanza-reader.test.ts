import { expect, test, vi } from "vitest";
import { MessageArchive } from "./archive/message-archive.ts";
import { loadBaileys } from "./baileys-library.ts";
import { CommitQueue } from "./commit-queue.ts";
import { ConnectionEvidence } from "./connection-evidence.ts";
import { ContactDirectory } from "./contact-directory.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";
import { GroupChanges } from "./groups/group-changes.ts";
import { GroupMetadataCache } from "./groups/group-metadata.ts";
import { IncomingMessages } from "./incoming/incoming-message.ts";
import { MessageUpdates } from "./incoming/message-updates.ts";
import { makeKeyCodecs } from "./key-codec.ts";
import { ServerAcks } from "./outgoing/server-acks.ts";
import { SessionStore } from "./session-store.ts";
import { StanzaReader } from "./stanza-reader.ts";

const ME = { id: "5511999990000:3@s.whatsapp.net", lid: "100000000000001:3@lid" };
const ANA = "5511988887777@s.whatsapp.net";

async function setUp() {
  const library = await loadBaileys({ verifySignatures: true });
  const instance = new MemoryInstance();
  const { keys, commit } = instance.context(new AbortController().signal);
  const onFailure = vi.fn();
  const queue = new CommitQueue({ commit, hold: () => {}, onFailure });
  const store = new SessionStore({ keys, codecs: makeKeyCodecs(library), queue, onFailure });
  const contacts = new ContactDirectory(store);
  const archive = new MessageArchive(library, store, contacts, () => ME);
  const incoming = new IncomingMessages({ library, contacts, store, archive, me: () => ME });
  const updates = new MessageUpdates(
    contacts,
    () => ME,
    () => undefined,
  );
  const works: Promise<void>[] = [];
  const acks = new ServerAcks(new ConnectionEvidence());
  const reader = new StanzaReader({
    parts: { incoming, groupChanges: new GroupChanges(contacts), updates, queue, store },
    groups: new GroupMetadataCache(() => Promise.reject(new Error("not asked"))),
    acks,
    desk: { readCall: async () => {}, readPresence: async () => {} },
    durably: (work) => void works.push(work()),
  });
  const settled = async () => {
    await Promise.all(works);
    await queue.flush();
  };
  return { library, instance, reader, acks, settled };
}

test("a channel post is journaled without any decryption", async () => {
  const { library, instance, reader, settled } = await setUp();
  const post = library.proto.Message.encode({ conversation: "news" }).finish();
  const attrs = { id: "1", from: "120363000000000001@newsletter", t: "1700000000" };
  reader.read({ tag: "message", attrs, content: [{ tag: "plaintext", attrs: {}, content: post }] });
  await settled();
  expect(instance.received).toMatchObject([
    {
      id: "1",
      chatId: "120363000000000001@newsletter",
      chatType: "channel",
      sentAt: "2023-11-14T22:13:20.000Z",
      content: { type: "text", text: "news" },
      sender: { phone: null, lid: null },
    },
  ]);
});

test("receipts: several ids, repeats, devices, and those that are not about our messages", async () => {
  const { instance, reader, settled } = await setUp();
  const receipt = (attrs: Record<string, string>, ids: string[] = []) =>
    reader.read({
      tag: "receipt",
      attrs: { id: "A", from: ANA, ...attrs },
      content: [
        { tag: "list", attrs: {}, content: ids.map((id) => ({ tag: "item", attrs: { id } })) },
      ],
    });
  receipt({}, ["B"]);
  receipt({ from: "5511988887777:7@s.whatsapp.net" }, ["B"]);
  receipt({ type: "played" });
  receipt({ type: "retry" });
  receipt({ type: "read", recipient: "5511977776666@s.whatsapp.net" });
  receipt({ type: "read", from: ME.id });
  receipt({ type: "sender", from: "100000000000001@lid" });
  receipt({ from: "1-2@g.us", participant: ANA });
  await settled();
  expect(instance.updated).toEqual([
    { chatId: ANA, messageId: "A", status: "delivered", contactId: null, error: null },
    { chatId: ANA, messageId: "B", status: "delivered", contactId: null, error: null },
    { chatId: ANA, messageId: "A", status: "read", contactId: null, error: null },
    { chatId: "1-2@g.us", messageId: "A", status: "delivered", contactId: ANA, error: null },
  ]);
});

test("a refusal goes to the send that waits for it, or else into the journal", async () => {
  const { instance, reader, acks, settled } = await setUp();
  const refuse = (id: string) =>
    reader.read({ tag: "ack", attrs: { class: "message", id, from: ANA, error: "463" } });
  const expected = acks.expect("A");
  refuse("A");
  await expect(expected.wait(AbortSignal.timeout(1_000))).rejects.toMatchObject({
    code: "SEND_RESTRICTED",
  });
  expected.forget();
  refuse("B");
  reader.read({ tag: "ack", attrs: { class: "message", id: "C", from: ANA } });
  await settled();
  expect(instance.updated).toEqual([
    {
      chatId: ANA,
      messageId: "B",
      status: "failed",
      contactId: null,
      error: { code: "463", message: expect.stringContaining("new chats") },
    },
  ]);
});

test("what our other devices send is a message of the account, in the chat of the recipient", async () => {
  const { library, instance, reader, settled } = await setUp();
  const post = library.proto.Message.encode({ conversation: "from the phone" }).finish();
  const attrs = { id: "1", from: "5511999990000@s.whatsapp.net", recipient: ANA, t: "1" };
  reader.read({ tag: "message", attrs, content: [{ tag: "plaintext", attrs: {}, content: post }] });
  await settled();
  expect(instance.received).toEqual([]);
  expect(instance.sentElsewhere).toMatchObject([
    { chatId: ANA, sender: { phone: "5511999990000" } },
  ]);
});
