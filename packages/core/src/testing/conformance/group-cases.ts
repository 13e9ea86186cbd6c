import assert from "node:assert/strict";
import type { GroupView, OperationName } from "../../index.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { ConformancePlace } from "./conformance-place.ts";
import { operationCase } from "./operation-case.ts";
import { JPEG } from "./sample-files.ts";

function groups({ manager, instanceId }: ConformancePlace) {
  return {
    get: (id: string) => manager.groups.get(instanceId, id),
    change: (id: string, action: "add" | "remove" | "promote" | "demote", who: string) =>
      manager.groups.changeParticipants(instanceId, id, action, [who]),
  };
}

/** A group with the account as an admin, made by the account where it can. */
async function made(place: ConformancePlace, subject: string): Promise<string> {
  if (!place.capabilities.operations.includes("groups.create")) {
    return await place.peer.createGroup(subject);
  }
  const { manager, instanceId } = place;
  const participants = [place.subject.chatId, place.subject.other];
  return (await manager.groups.create(instanceId, { subject, participants })).id;
}

/** Waits until the group is as it should be, where it can be asked. */
async function becomes(
  place: ConformancePlace,
  id: string,
  what: string,
  is: (group: GroupView) => boolean,
): Promise<void> {
  await place.until(what, async () => is(await groups(place).get(id)));
}

function groupCase(
  name: OperationName & `groups.${string}`,
  ask: (place: ConformancePlace, groupId: string) => Promise<unknown>,
  run: (place: ConformancePlace, groupId: string) => Promise<void>,
): ConformanceCase {
  return operationCase(
    name,
    (place) => ask(place, place.chatId),
    async (place) => run(place, await made(place, "Team")),
  );
}

function roleOf(group: GroupView, contactId: string): string | null {
  return group.participants.find(({ contact }) => contact.id === contactId)?.role ?? null;
}

export const groupCases: readonly ConformanceCase[] = [
  operationCase(
    "groups.create",
    ({ manager, instanceId }) =>
      manager.groups.create(instanceId, { subject: "Team", participants: [] }),
    async (place) => {
      const { manager, instanceId } = place;
      const participants = [place.subject.chatId, place.subject.other];
      const group = await manager.groups.create(instanceId, { subject: "Team", participants });
      assert.equal(group.subject, "Team");
      assert.equal(group.size, 3);
      assert.notEqual(roleOf(group, place.chatId), null, "the peer is in it");
      await place.send({ type: "text", text: "welcome" }, group.id);
    },
  ),
  groupCase(
    "groups.get",
    (place, id) => groups(place).get(id),
    async (place, id) => {
      const group = await groups(place).get(id);
      assert.equal(group.id, id);
      assert.equal(group.subject, "Team");
      await assert.rejects(groups(place).get(`${place.subject.nobody}`), (error: unknown) => {
        const code = error instanceof Error && "code" in error ? error.code : null;
        return code === "GROUP_NOT_FOUND" || code === "VALIDATION_FAILED";
      });
    },
  ),
  groupCase(
    "groups.list",
    ({ manager, instanceId }) => manager.groups.list(instanceId),
    async ({ manager, instanceId }, id) => {
      const listed = await manager.groups.list(instanceId);
      assert.ok(listed.some((group) => group.id === id && group.subject === "Team"));
    },
  ),
  groupCase(
    "groups.changeParticipants",
    (place, id) => groups(place).change(id, "remove", place.subject.other),
    async (place, id) => {
      const { other, provider } = { ...place.subject };
      const otherId = provider.parseChatId(other);
      const [promoted] = await groups(place).change(id, "promote", other);
      assert.deepEqual(promoted, { contactId: otherId, ok: true, reason: null });
      await becomes(place, id, "an admin", (group) => roleOf(group, otherId) === "admin");
      await groups(place).change(id, "demote", other);
      await becomes(place, id, "no admin", (group) => roleOf(group, otherId) !== "admin");
      const { size } = await groups(place).get(id);
      const [removed] = await groups(place).change(id, "remove", other);
      assert.equal(removed?.ok, true);
      // Some platforms name admins only: the size tells of the others.
      await becomes(
        place,
        id,
        "gone",
        (group) => roleOf(group, otherId) === null && group.size === size - 1,
      );
    },
  ),
  groupCase(
    "groups.setSubject",
    ({ manager, instanceId }, id) => manager.groups.setSubject(instanceId, id, "New"),
    async (place, id) => {
      await place.manager.groups.setSubject(place.instanceId, id, "New");
      await becomes(place, id, "renamed", ({ subject }) => subject === "New");
    },
  ),
  groupCase(
    "groups.setDescription",
    ({ manager, instanceId }, id) => manager.groups.setDescription(instanceId, id, "d"),
    async (place, id) => {
      const set = (text: string | null) =>
        place.manager.groups.setDescription(place.instanceId, id, text);
      await set("What it is about");
      await becomes(
        place,
        id,
        "described",
        ({ description }) => description === "What it is about",
      );
      await set(null);
      await becomes(place, id, "not described", ({ description }) => description === null);
    },
  ),
  groupCase(
    "groups.setPicture",
    ({ manager, instanceId }, id) => manager.groups.setPicture(instanceId, id, { bytes: JPEG }),
    async ({ manager, instanceId, capabilities }, id) => {
      await manager.groups.setPicture(instanceId, id, { bytes: JPEG });
      const canSee = capabilities.operations.includes("contacts.picture");
      if (canSee) assert.notEqual(await manager.contacts.picture(instanceId, id), null);
      await manager.groups.setPicture(instanceId, id, null);
      if (canSee) assert.equal(await manager.contacts.picture(instanceId, id), null);
    },
  ),
  groupCase(
    "groups.inviteLink",
    ({ manager, instanceId }, id) => manager.groups.inviteLink(instanceId, id),
    async ({ manager, instanceId }, id) => {
      assert.match(await manager.groups.inviteLink(instanceId, id), /^https:\/\//);
    },
  ),
  groupCase(
    "groups.revokeInviteLink",
    ({ manager, instanceId }, id) => manager.groups.revokeInviteLink(instanceId, id),
    async ({ manager, instanceId }, id) => {
      const before = await manager.groups.inviteLink(instanceId, id);
      const after = await manager.groups.revokeInviteLink(instanceId, id);
      assert.match(after, /^https:\/\//);
      assert.notEqual(after, before);
    },
  ),
  operationCase(
    "groups.join",
    ({ manager, instanceId }) => manager.groups.join(instanceId, "https://x.test/abc"),
    async (place) => {
      const { link, id } = await place.peer.openGroup("Open");
      const { manager, instanceId } = place;
      assert.equal(await manager.groups.join(instanceId, link), id);
      await becomes(place, id, "joined", ({ subject }) => subject === "Open");
    },
  ),
  groupCase(
    "groups.leave",
    ({ manager, instanceId }, id) => manager.groups.leave(instanceId, id),
    async (place, id) => {
      await place.manager.groups.leave(place.instanceId, id);
      await place.until("the group is not there any more", async () => {
        const gone = await groups(place)
          .get(id)
          .then(
            () => null,
            (error: unknown) => error,
          );
        return gone !== null;
      });
    },
  ),
  groupCase(
    "groups.setSettings",
    ({ manager, instanceId }, id) =>
      manager.groups.setSettings(instanceId, id, { announceOnly: true }),
    async (place, id) => {
      const set = (announceOnly: boolean) =>
        place.manager.groups.setSettings(place.instanceId, id, { announceOnly });
      await set(true);
      await becomes(place, id, "for admins only", (group) => group.announceOnly);
      await set(false);
      await becomes(place, id, "for all", (group) => !group.announceOnly);
    },
  ),
  groupCase(
    "groups.setEphemeral",
    ({ manager, instanceId }, id) => manager.groups.setEphemeral(instanceId, id, 86_400),
    async (place, id) => {
      const set = (seconds: number | null) =>
        place.manager.groups.setEphemeral(place.instanceId, id, seconds);
      await set(86_400);
      await becomes(place, id, "ephemeral", (group) => group.ephemeralSeconds === 86_400);
      await set(null);
      await becomes(place, id, "for good", (group) => group.ephemeralSeconds === null);
    },
  ),
];
