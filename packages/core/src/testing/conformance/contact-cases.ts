import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import type { Contact, OperationName } from "../../index.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { ConformancePlace } from "./conformance-place.ts";
import { operationCase } from "./operation-case.ts";
import { JPEG } from "./sample-files.ts";

function contacts({ manager, instanceId, subject: { chatId } }: ConformancePlace) {
  return {
    get: () => manager.contacts.get(instanceId, chatId),
    picture: () => manager.contacts.picture(instanceId, chatId),
    block: () => manager.contacts.block(instanceId, chatId),
    unblock: () => manager.contacts.unblock(instanceId, chatId),
    blocked: () => manager.contacts.blocked(instanceId),
  };
}

function profile({ manager, instanceId }: ConformancePlace) {
  return {
    get: () => manager.profile.get(instanceId),
    setName: (name: string) => manager.profile.setName(instanceId, name),
    setAbout: (about: string) => manager.profile.setAbout(instanceId, about),
    setPicture: (bytes: Uint8Array | null) =>
      manager.profile.setPicture(instanceId, bytes && { bytes }),
  };
}

/** What is told of the peer, by those that the provider has. */
async function peerAsTold(place: ConformancePlace): Promise<readonly Contact[]> {
  const { manager, instanceId, peer, subject, capabilities } = place;
  const can = (name: OperationName) => capabilities.operations.includes(name);
  const { message } = await place.contentOf("text", () =>
    peer.write({ type: "text", text: "it is me" }),
  );
  assert.equal(message.chatId, place.chatId, "a person's chat has the person's id");
  const told: Contact[] = [message.sender];
  if (can("contacts.get")) told.push(await contacts(place).get());
  if (can("contacts.check")) {
    const [checked] = await manager.contacts.check(instanceId, [subject.chatId]);
    if (checked?.contact) told.push(checked.contact);
  }
  if (can("groups.get")) {
    const group = await manager.groups.get(instanceId, await peer.createGroup("All of us"));
    const participant = group.participants.find(({ contact }) => contact.id === place.chatId);
    assert.ok(participant, "the peer is in its group by the same id");
    told.push(participant.contact);
    const { account } = await manager.get(instanceId);
    const hasAccount = group.participants.some(({ contact }) => contact.id === account?.id);
    assert.ok(hasAccount, "the account is in the group by its own id");
  }
  return told;
}

export const contactCases: readonly ConformanceCase[] = [
  {
    name: "gives one contact one id and one name, whoever tells of it",
    async run(place) {
      const told = await peerAsTold(place);
      assert.deepEqual([...new Set(told.map(({ id }) => id))], [place.chatId]);
      const names = new Set(told.flatMap(({ name }) => name ?? []));
      assert.ok(names.size <= 1, `it is called ${[...names].join(" and ")}`);
    },
  },
  operationCase(
    "contacts.check",
    ({ manager, instanceId }) => manager.contacts.check(instanceId, ["+5511999990000"]),
    async ({ manager, instanceId, chatId, subject }) => {
      const inputs = [subject.chatId, subject.nobody];
      const [known, unknown] = await manager.contacts.check(instanceId, inputs);
      assert.equal(known?.input, subject.chatId);
      assert.equal(known.contact?.id, chatId);
      assert.deepEqual(unknown, { input: subject.nobody, contact: null });
    },
  ),
  operationCase(
    "contacts.get",
    (place) => contacts(place).get(),
    async (place) => {
      assert.equal((await contacts(place).get()).id, place.chatId);
    },
  ),
  operationCase(
    "contacts.picture",
    (place) => contacts(place).picture(),
    async (place) => {
      await place.peer.setPicture(JPEG);
      const picture = await contacts(place).picture();
      assert.ok(picture !== null);
      const { stream } = await place.manager.media.open(place.instanceId, picture.id);
      assert.deepEqual(await buffer(stream), Buffer.from(JPEG));
    },
  ),
  operationCase(
    "contacts.block",
    (place) => contacts(place).block(),
    async (place) => {
      await contacts(place).block();
      await contacts(place).block();
      if (place.capabilities.operations.includes("contacts.blocked")) {
        assert.deepEqual(await contacts(place).blocked(), [place.chatId]);
      }
      await contacts(place).unblock();
    },
  ),
  operationCase(
    "contacts.unblock",
    (place) => contacts(place).unblock(),
    async (place) => {
      await contacts(place).block();
      await contacts(place).unblock();
      await contacts(place).unblock();
      if (place.capabilities.operations.includes("contacts.blocked")) {
        assert.deepEqual(await contacts(place).blocked(), []);
      }
    },
  ),
  operationCase(
    "contacts.blocked",
    (place) => contacts(place).blocked(),
    async (place) => {
      assert.deepEqual(await contacts(place).blocked(), []);
    },
  ),
  operationCase(
    "profile.get",
    (place) => profile(place).get(),
    async (place) => {
      const { account } = await place.manager.get(place.instanceId);
      assert.equal((await profile(place).get()).id, account?.id);
    },
  ),
  operationCase(
    "profile.setName",
    (place) => profile(place).setName("Shop"),
    async (place) => {
      await profile(place).setName("Corner Shop");
      if (!place.capabilities.operations.includes("profile.get")) return;
      const named = async () => (await profile(place).get()).name === "Corner Shop";
      await place.until("the name is another", named);
    },
  ),
  operationCase(
    "profile.setAbout",
    (place) => profile(place).setAbout("open"),
    async (place) => {
      await profile(place).setAbout("Open until six");
      if (!place.capabilities.operations.includes("profile.get")) return;
      const told = async () => (await profile(place).get()).about === "Open until six";
      await place.until("the account tells so", told);
    },
  ),
  operationCase(
    "profile.setPicture",
    (place) => profile(place).setPicture(JPEG),
    async (place) => {
      await profile(place).setPicture(JPEG);
      await profile(place).setPicture(null);
    },
  ),
  operationCase(
    "calls.reject",
    ({ manager, instanceId }) => manager.calls.reject(instanceId, "c"),
    async (place) => {
      const { manager, instanceId, peer } = place;
      // Only a call that the account was told of can be rejected.
      const { callId } = await place.eventOf("call.received", () => peer.call());
      await manager.calls.reject(instanceId, callId);
      const rejected = async () => (await peer.callState(callId)) === "rejected";
      await place.until("the call is rejected", rejected);
      await manager.calls.reject(instanceId, callId);
    },
  ),
];
