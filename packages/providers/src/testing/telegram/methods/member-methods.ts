import { badRequest } from "../wire/api-error.ts";
import type { User } from "../wire/types.ts";
import type { InviteLink } from "../world/invite-link.ts";
import { ADMINISTRATOR_RIGHTS, type Member } from "../world/member.ts";
import type { Room } from "../world/room.ts";
import type { Call, Methods } from "./call.ts";
import { roomWithRight } from "./chat-access.ts";

const RESTRICT = ["can_restrict_members", "restrict/unrestrict chat member"] as const;
const INVITE = ["can_invite_users", "manage chat invite link"] as const;

/** Who is in a chat, what they may do, and the links that lead into it. */
export const memberMethods: Methods = {
  banChatMember: (call: Call): true => {
    const room = roomWithRight(call, ...RESTRICT);
    const member = otherMember(call, room);
    call.changes.set(room, { user: member.user, status: "kicked", rights: [] }, call.bot.user);
    return true;
  },
  unbanChatMember: (call: Call): true => {
    const room = roomWithRight(call, ...RESTRICT);
    const member = room.members.get(call.parameters.integer("user_id"));
    const isBanned = member?.status === "kicked";
    if (!member || (call.parameters.flag("only_if_banned") && !isBanned)) return true;
    call.changes.set(room, { user: member.user, status: "left", rights: [] }, call.bot.user);
    return true;
  },
  restrictChatMember: (call: Call): true => {
    const room = roomWithRight(call, ...RESTRICT);
    if (room.type !== "supergroup") throw badRequest("method is available only for supergroups");
    const { user } = otherMember(call, room);
    const wanted = call.parameters.object("permissions", "ChatPermissions") ?? {};
    const permissions = Object.fromEntries(
      Object.entries(wanted).map(([name, value]) => [name, value === true]),
    );
    call.changes.set(room, { user, status: "restricted", rights: [], permissions }, call.bot.user);
    return true;
  },
  promoteChatMember: (call: Call): true => {
    const room = roomWithRight(call, "can_promote_members", "promote a member");
    if (room.type === "group")
      throw badRequest("method is available for supergroup and channel chats only");
    const { user } = otherMember(call, room);
    const rights = ADMINISTRATOR_RIGHTS.filter((right) => call.parameters.flag(right));
    const status = rights.length > 0 ? "administrator" : "member";
    call.changes.set(room, { user, status, rights }, call.bot.user);
    return true;
  },
  exportChatInviteLink: (call: Call): string => {
    const room = roomWithRight(call, ...INVITE);
    for (const [url, link] of room.inviteLinks) {
      const isOwn = link.is_primary && link.creator.id === call.bot.id;
      if (isOwn) room.inviteLinks.set(url, { ...link, is_revoked: true });
    }
    return addLink(call, room, { is_primary: true }).invite_link;
  },
  createChatInviteLink: (call: Call): InviteLink => {
    const room = roomWithRight(call, ...INVITE);
    return addLink(call, room, linkOptions(call));
  },
  editChatInviteLink: (call: Call): InviteLink =>
    changeLink(call, (link) => ({ ...link, ...linkOptions(call) })),
  revokeChatInviteLink: (call: Call): InviteLink =>
    changeLink(call, (link) => ({ ...link, is_revoked: true })),
  approveChatJoinRequest: (call: Call): true => {
    const [room, user] = joinRequest(call);
    call.changes.join(room, user);
    return true;
  },
  declineChatJoinRequest: (call: Call): true => {
    joinRequest(call);
    return true;
  },
};

/** Whom a call is about: in the chat, and neither the bot nor above it. */
function otherMember(call: Call, room: Room): Member {
  const id = call.parameters.integer("user_id");
  const member = room.members.get(id);
  if (id === call.bot.id) throw badRequest("can't restrict self");
  if (member?.status === "creator") throw badRequest("can't remove chat owner");
  if (member) return member;
  const user = call.world.users.get(id);
  if (!user) throw badRequest("invalid user_id specified");
  return { user, status: "left", rights: [] };
}

function linkOptions({ parameters }: Call): Partial<InviteLink> {
  const name = parameters.optionalText("name");
  const expires = parameters.number("expire_date");
  const limit = parameters.number("member_limit");
  return {
    creates_join_request: parameters.flag("creates_join_request"),
    ...(name ? { name } : {}),
    ...(expires === undefined ? {} : { expire_date: expires }),
    ...(limit === undefined ? {} : { member_limit: limit }),
  };
}

function addLink({ bot, world }: Call, room: Room, options: Partial<InviteLink>): InviteLink {
  const link: InviteLink = {
    invite_link: `https://t.me/+fake${world.count().toString(36).padStart(12, "A")}`,
    creator: bot.user,
    creates_join_request: false,
    is_primary: false,
    is_revoked: false,
    ...options,
  };
  room.inviteLinks.set(link.invite_link, link);
  return link;
}

function changeLink(call: Call, change: (link: InviteLink) => InviteLink): InviteLink {
  const room = roomWithRight(call, ...INVITE);
  const link = room.inviteLinks.get(call.parameters.text("invite_link"));
  if (!link) throw badRequest("INVITE_HASH_EXPIRED");
  const changed = change(link);
  room.inviteLinks.set(link.invite_link, changed);
  return changed;
}

function joinRequest(call: Call): readonly [Room, User] {
  const room = roomWithRight(call, ...INVITE);
  const id = call.parameters.integer("user_id");
  const user = room.joinRequests.get(id);
  if (!user) throw badRequest("HIDE_REQUESTER_MISSING");
  room.joinRequests.delete(id);
  return [room, user];
}
