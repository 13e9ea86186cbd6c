import type { User } from "../wire/types.ts";

export type MemberStatus =
  | "creator"
  | "administrator"
  | "member"
  | "restricted"
  | "left"
  | "kicked";

/** What administrators may be allowed: https://core.telegram.org/bots/api#chatadministratorrights */
export const ADMINISTRATOR_RIGHTS = [
  "can_manage_chat",
  "can_delete_messages",
  "can_manage_video_chats",
  "can_restrict_members",
  "can_promote_members",
  "can_change_info",
  "can_invite_users",
  "can_post_messages",
  "can_edit_messages",
  "can_pin_messages",
] as const;

export type AdministratorRight = (typeof ADMINISTRATOR_RIGHTS)[number];

export interface Member {
  readonly user: User;
  readonly status: MemberStatus;
  /** Of an administrator; a creator has all. */
  readonly rights: readonly AdministratorRight[];
  /** Of somebody restricted. */
  readonly permissions?: Readonly<Record<string, boolean>>;
}

export function isInside({ status }: Member): boolean {
  return status !== "left" && status !== "kicked";
}

export function isAdministrator({ status }: Member): boolean {
  return status === "creator" || status === "administrator";
}

/** As the Bot API shows it: https://core.telegram.org/bots/api#chatmember */
export function chatMemberOf(member: Member): object {
  const { user, status } = member;
  if (status === "creator") return { user, status, is_anonymous: false };
  if (status === "restricted") {
    return { user, status, is_member: true, until_date: 0, ...member.permissions };
  }
  if (status === "kicked") return { user, status, until_date: 0 };
  if (status !== "administrator") return { user, status };
  const rights = ADMINISTRATOR_RIGHTS.map((right) => [right, member.rights.includes(right)]);
  return {
    user,
    status,
    can_be_edited: false,
    is_anonymous: false,
    ...Object.fromEntries(rights),
  };
}
