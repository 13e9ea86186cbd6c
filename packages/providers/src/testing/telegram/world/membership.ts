import type { User } from "../wire/types.ts";
import type { InviteLink } from "./invite-link.ts";
import { chatMemberOf, isAdministrator, isInside, type Member } from "./member.ts";
import type { PostOffice } from "./post-office.ts";
import type { Room } from "./room.ts";
import type { World } from "./world.ts";

/** People and bots that come, go, rise and fall; who has to know of it is told. */
export class Membership {
  readonly #world: World;
  readonly #post: PostOffice;

  constructor(world: World, post: PostOffice) {
    this.#world = world;
    this.#post = post;
  }

  join(room: Room, user: User, by: User = user): void {
    const before = room.members.get(user.id);
    if (before && isInside(before)) return;
    this.set(room, { user, status: "member", rights: [] }, by);
    if (room.type !== "channel") this.#post.post(room, by, { new_chat_members: [user] });
  }

  /** Asks to be let in; bots that may let people in hear of it. */
  ask(room: Room, user: User, link: InviteLink): void {
    room.joinRequests.set(user.id, user);
    for (const bot of this.#post.botsIn(room)) {
      if (!room.member(bot.id)?.rights.includes("can_invite_users")) continue;
      bot.updates.push("chat_join_request", {
        chat: room.chat,
        from: user,
        user_chat_id: user.id,
        date: Math.floor(Date.now() / 1_000),
        invite_link: link,
      });
    }
  }

  leave(room: Room, user: User, by: User = user): void {
    if (room.type !== "channel") this.#post.post(room, by, { left_chat_member: user });
    this.set(room, { user, status: by.id === user.id ? "left" : "kicked", rights: [] }, by);
  }

  /** The bot itself hears my_chat_member; administrators that asked for it, chat_member. */
  set(room: Room, after: Member, by: User): void {
    const before = room.members.get(after.user.id) ?? { ...after, status: "left", rights: [] };
    room.members.set(after.user.id, after);
    const change = {
      chat: room.chat,
      from: by,
      date: Math.floor(Date.now() / 1_000),
      old_chat_member: chatMemberOf(before),
      new_chat_member: chatMemberOf(after),
    };
    this.#world.botById(after.user.id)?.updates.push("my_chat_member", change);
    for (const bot of this.#post.botsIn(room)) {
      const member = room.member(bot.id);
      if (bot.id !== after.user.id && member && isAdministrator(member)) {
        bot.updates.push("chat_member", change);
      }
    }
  }
}
