import type { User } from "../wire/types.ts";
import type { Room } from "./room.ts";

/** A person who lets a bot take part in private chats. */
export interface BusinessConnection {
  readonly id: string;
  readonly owner: User;
  canReply: boolean;
  isEnabled: boolean;
  /** Unix time in seconds. */
  readonly date: number;
  /** By the id of the other person. */
  readonly rooms: Map<number, Room>;
}

/** https://core.telegram.org/bots/api#businessconnection */
export function businessConnectionOf(connection: BusinessConnection): object {
  return {
    id: connection.id,
    user: connection.owner,
    user_chat_id: connection.owner.id,
    date: connection.date,
    can_reply: connection.canReply,
    rights: connection.canReply ? { can_reply: true } : {},
    is_enabled: connection.isEnabled,
  };
}
