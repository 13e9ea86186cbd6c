import type { GroupOperations, ParticipantResult } from "@orquesta/core";
import type { GroupChat } from "whatsapp-web.js";
import { z } from "zod";
import { groupAt } from "./group-at.ts";
import { toGroupView } from "./group-view.ts";
import { ask, missing, type OperationParts, refused } from "./operation-parts.ts";
import { changePicture } from "./profile-picture.ts";

type Offered = Omit<GroupOperations, "setEphemeral">;
type Action = Parameters<GroupOperations["changeParticipants"]>[1];

const INVITE_URL = "https://chat.whatsapp.com/";
const INVITE_CODE = /^(?:https:\/\/chat\.whatsapp\.com\/(?:invite\/)?)?([\w-]{10,64})(?:\?.*)?$/;

const addedSchema = z.record(z.string(), z.object({ code: z.number(), message: z.string() }));

export function groupOperations(parts: OperationParts): Offered {
  const { client, people } = parts;

  /** What is done with a group; a `false` of the library is a refusal that it does not explain. */
  const change = (
    groupId: string,
    signal: AbortSignal,
    work: (group: GroupChat) => Promise<boolean>,
  ): Promise<void> =>
    ask(parts, signal, async () => {
      if (!(await work(await groupAt(client, groupId))))
        throw refused("the account may not do this here");
    });

  return {
    create: ({ subject, participants }, signal) =>
      ask(parts, signal, async () => {
        const addresses = participants.map((id) => people.addressOf(id));
        const options = { autoSendInviteV4: false };
        const created = await client.createGroup(subject, addresses, options);
        if (typeof created === "string") throw refused(created);
        const { gid } = z.object({ gid: z.object({ _serialized: z.string() }) }).parse(created);
        return await toGroupView(await groupAt(client, gid._serialized), people);
      }),
    get: (groupId, signal) =>
      ask(parts, signal, async () => await toGroupView(await groupAt(client, groupId), people)),
    list: (signal) =>
      ask(parts, signal, async () => {
        const chats = await client.getChats();
        const groups = chats.filter((chat): chat is GroupChat => chat.isGroup);
        const views = [];
        for (const group of groups) views.push(await toGroupView(group, people));
        return views;
      }),
    changeParticipants: (groupId, action, contactIds, signal) =>
      ask(parts, signal, async () => {
        const group = await groupAt(client, groupId);
        if (action === "add") return await add(group, contactIds);
        return await changeMembers(group, action, contactIds);
      }),
    setSubject: (groupId, subject, signal) =>
      change(groupId, signal, (group) => group.setSubject(subject)),
    setDescription: (groupId, description, signal) =>
      change(groupId, signal, (group) => group.setDescription(description ?? "")),
    setPicture: (groupId, picture, signal) =>
      change(groupId, signal, (group) =>
        changePicture(parts, picture, {
          address: groupId,
          set: (media) => group.setPicture(media),
          remove: () => group.deletePicture(),
        }),
      ),
    setSettings: (groupId, { announceOnly, locked, joinApproval }, signal) =>
      change(groupId, signal, async (group) => {
        if (joinApproval !== undefined) throw refused("WhatsApp Web does not change joinApproval");
        const isAnnounced =
          announceOnly === undefined || (await group.setMessagesAdminsOnly(announceOnly));
        return isAnnounced && (locked === undefined || (await group.setInfoAdminsOnly(locked)));
      }),
    inviteLink: (groupId, signal) =>
      ask(parts, signal, async () => {
        const code: string | undefined = await (await groupAt(client, groupId)).getInviteCode();
        if (!code) throw refused("only admins see the invite link");
        return `${INVITE_URL}${code}`;
      }),
    revokeInviteLink: (groupId, signal) =>
      ask(parts, signal, async () => {
        // The types say otherwise, but it is the new code.
        const code: unknown = await (await groupAt(client, groupId)).revokeInvite();
        return `${INVITE_URL}${z.string().parse(code)}`;
      }),
    join: (link, signal) =>
      ask(parts, signal, async () => {
        const code = INVITE_CODE.exec(link.trim())?.[1];
        if (code === undefined) throw missing("VALIDATION_FAILED", "this is no invite link");
        return await client.acceptInvite(code);
      }),
    leave: (groupId, signal) =>
      ask(parts, signal, async () => {
        await (await groupAt(client, groupId)).leave();
      }),
  };

  async function add(
    group: GroupChat,
    contactIds: readonly string[],
  ): Promise<ParticipantResult[]> {
    const addresses = contactIds.map((id) => people.addressOf(id));
    const options = { autoSendInviteV4: false };
    const answer: unknown = await group.addParticipants(addresses, options);
    if (typeof answer === "string") throw refused(answer);
    const results = addedSchema.parse(answer);
    return contactIds.map((contactId, index) => {
      const { code = 0, message = "no answer" } = results[addresses[index] ?? ""] ?? {};
      const ok = code === 200;
      return { contactId, ok, reason: ok ? null : message };
    });
  }

  /** The library says nothing of each: what the group looks like afterwards does. */
  async function changeMembers(
    group: GroupChat,
    action: Exclude<Action, "add">,
    contactIds: readonly string[],
  ): Promise<ParticipantResult[]> {
    const rolesBefore = await rolesIn(group);
    const present = contactIds.filter((id) => rolesBefore.has(id));
    const addresses = present.map((id) => people.addressOf(id));
    if (addresses.length > 0) {
      if (action === "remove") await group.removeParticipants(addresses);
      if (action === "promote") await group.promoteParticipants(addresses);
      if (action === "demote") await group.demoteParticipants(addresses);
    }
    const roles = await rolesIn(await groupAt(client, group.id._serialized));
    return contactIds.map((contactId) => {
      if (!present.includes(contactId)) {
        return { contactId, ok: false, reason: "is not in the group" };
      }
      const role = roles.get(contactId);
      const ok =
        action === "remove" ? role === undefined : (role !== "member") === (action === "promote");
      return { contactId, ok, reason: ok ? null : "WhatsApp did not do it" };
    });
  }

  async function rolesIn(group: GroupChat): Promise<ReadonlyMap<string, string>> {
    const { participants } = await toGroupView(group, people);
    return new Map(participants.map(({ contact, role }) => [contact.id, role]));
  }
}
