import type { Chat, Participant } from "../models.ts";
import { createWid, type Wid } from "../wid.ts";
import type { World } from "../world.ts";
import type { Modules } from "./modules.ts";

/** Properties of groups by the page's words for them. */
const PROPERTIES: Readonly<Record<string, string>> = {
  announcement: "announce",
  restrict: "restrict",
  group_membership_approval_mode: "membershipApprovalMode",
};

/** Modules of groups. */
export function groupModules(world: World): Modules {
  const text = (wid: Wid): string => wid._serialized;
  const modify = (action: "remove" | "promote" | "demote") => {
    return async ({ id }: Chat, participants: readonly Participant[]): Promise<void> => {
      await world.line.ask("changeParticipants", {
        id: text(id),
        action,
        participants: participants.map((participant) => text(participant.id)),
      });
      if (world.chats.get(id)) await world.updateGroup(id);
    };
  };
  const change = (wid: Wid, changes: Record<string, unknown>) =>
    world.line.ask("changeGroup", { id: text(wid), change: changes });

  return {
    WAWebGroupQueryJob: {
      queryAndUpdateGroupMetadataById: ({ id }: { readonly id: string }) =>
        world.updateGroup(createWid(id)),
      resetGroupInviteCode: (wid: Wid) =>
        world.line.ask("groupInvite", { id: text(wid), reset: true }),
    },
    WAWebGroupCreateJob: {
      createGroup: async (
        { title }: { readonly title: string },
        participants: readonly { readonly phoneNumber: Wid }[],
      ) => {
        const { group, refused } = await world.line.ask("createGroup", {
          subject: title,
          participants: participants.map(({ phoneNumber }) => text(phoneNumber)),
        });
        world.takeGroup(group);
        const members = group.participants.map(({ id, isSuperAdmin }) => ({
          wid: createWid(id),
          type: isSuperAdmin ? "superadmin" : "participant",
        }));
        const others = refused.map((id) => ({ wid: createWid(id), error: 403 }));
        return { wid: createWid(group.id), subject: title, participants: [...members, ...others] };
      },
    },
    WAWebWidToJid: { widToGroupJid: text, widToUserJid: text },
    WASmaxGroupsAddParticipantsRPC: {
      sendAddParticipantsRPC: async ({
        participantArgs,
        iqTo,
      }: {
        readonly participantArgs: readonly { readonly participantJid: string }[];
        readonly iqTo: string;
      }) => {
        const participants = participantArgs.map(({ participantJid }) => participantJid);
        const asked = { id: iqTo, action: "add" as const, participants };
        const results = await world.line.ask("changeParticipants", asked);
        return addedAnswer(results);
      },
    },
    WAWebModifyParticipantsGroupAction: {
      removeParticipants: modify("remove"),
      promoteParticipants: modify("promote"),
      demoteParticipants: modify("demote"),
    },
    WAWebGroupModifyInfoJob: {
      setGroupSubject: (wid: Wid, subject: string) => change(wid, { subject }),
      setGroupDescription: (wid: Wid, desc: string) => change(wid, { desc }),
    },
    WAWebSetPropertyGroupAction: {
      setGroupProperty: ({ id }: Chat, property: string, value: number) => {
        const name = PROPERTIES[property];
        return name === undefined ? undefined : change(id, { [name]: value !== 0 });
      },
    },
    WAWebMexFetchGroupInviteCodeJob: {
      fetchMexGroupInviteCode: (id: string) => world.line.ask("groupInvite", { id, reset: false }),
    },
    WAWebGroupInviteJob: {
      joinGroupViaInvite: async (code: string) => {
        const { id } = await world.line.ask("joinGroup", { code });
        return { gid: createWid(id) };
      },
    },
    WAWebExitGroupAction: {
      sendExitGroup: ({ id }: Chat) => world.line.ask("leaveGroup", { id: text(id) }),
    },
  };
}

/** As the answers of the service are laid out in the page. */
function addedAnswer(results: readonly { readonly code: number }[]): object {
  const addParticipant = results.map(({ code }) => ({
    addParticipantsParticipantAddedOrNonRegisteredWaUserParticipantErrorLidResponseMixinGroup: {
      value: {
        addParticipantsParticipantMixins: {
          name: "Participant",
          value: code === 200 ? {} : { error: String(code) },
        },
      },
    },
  }));
  return { name: "AddParticipantsResponseSuccess", value: { addParticipant } };
}
