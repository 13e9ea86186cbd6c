import {
  type GroupOperations,
  isOrquestaError,
  OrquestaError,
  type ParticipantResult,
} from "@orquesta/core";
import type { ChatMember } from "../api/bot-api-types.ts";
import { ask, askFor } from "./ask.ts";
import type { OperationParts } from "./operation-parts.ts";

type Participants = Pick<GroupOperations, "changeParticipants">;
type Action = Parameters<GroupOperations["changeParticipants"]>[1];

/** Who was put out may come back by a link, as on other platforms: a ban that is lifted at once. */
const ONLY_SUPERGROUPS = /only (in|for) supergroup|supergroup and channel chats only/i;

interface One {
  readonly chat_id: number | string;
  readonly user_id: number;
}

export function makeParticipantOperations(
  { api, me }: OperationParts,
  chatOf: (groupId: string) => Promise<number | string>,
): Participants {
  const changeOne = async (action: Action, one: One, signal: AbortSignal): Promise<void> => {
    switch (action) {
      case "add":
        throw new OrquestaError(
          "OPERATION_REFUSED",
          "a bot cannot add anybody: send them the group's invite link",
        );
      case "remove": {
        await ask(api, "banChatMember", { ...one }, { signal });
        const lifted = { signal, doneWhen: ONLY_SUPERGROUPS };
        await ask(api, "unbanChatMember", { ...one, only_if_banned: true }, lifted);
        return;
      }
      case "promote":
        await ask(
          api,
          "promoteChatMember",
          { ...one, ...(await myRights(one, signal)) },
          { signal },
        );
        return;
      case "demote":
        await ask(api, "promoteChatMember", { ...one }, { signal });
    }
  };
  /** A bot can give no right that it has not itself. */
  const myRights = async ({ chat_id }: One, signal: AbortSignal) => {
    const payload = { chat_id, user_id: me().id };
    const mine = await askFor<ChatMember>(api, "getChatMember", payload, { signal });
    return Object.fromEntries(
      Object.entries(mine).filter(
        ([right, has]) => right.startsWith("can_") && right !== "can_be_edited" && has === true,
      ),
    );
  };
  return {
    async changeParticipants(groupId, action, contactIds, signal) {
      const chat_id = await chatOf(groupId);
      // Where the group is not known at all, nobody of it is either.
      await askFor(api, "getChat", { chat_id }, { signal, notFound: "GROUP_NOT_FOUND" });
      const results: ParticipantResult[] = [];
      for (const contactId of contactIds) {
        try {
          await changeOne(action, { chat_id, user_id: Number(contactId) }, signal);
          results.push({ contactId, ok: true, reason: null });
        } catch (error) {
          if (!isOrquestaError(error, "OPERATION_REFUSED")) throw error;
          results.push({ contactId, ok: false, reason: error.message });
        }
      }
      return results;
    },
  };
}
