import { ApiError, badRequest, forbidden } from "../wire/api-error.ts";
import type { User } from "../wire/types.ts";
import type { AdministratorRight } from "../world/member.ts";
import type { Room } from "../world/room.ts";
import type { Call } from "./call.ts";

/**
 * The chat that a call names, of which the bot may know.
 * @throws ApiError 400 (not found, upgraded), 403 (not a member, kicked, blocked)
 */
export function roomOf(call: Call, name = "chat_id"): Room {
  if (call.parameters.has("business_connection_id")) return businessRoomOf(call, name);
  const id = call.parameters.text(name);
  if (id === "") throw badRequest("chat_id is empty");
  return id.startsWith("@") ? publicRoom(call, id.slice(1)) : roomById(call, Number(id));
}

/** The same, to write into it. @throws ApiError as above, and 400 (rights) */
export function roomToWrite(call: Call): Room {
  const room = roomOf(call);
  if (room.type === "private") return room;
  const member = room.member(call.bot.id);
  if (room.type === "channel") {
    requireRight(call, room, "can_post_messages", "post messages in the channel");
  } else if (member?.status !== "administrator" && room.permissions.can_send_messages === false) {
    throw badRequest("not enough rights to send text messages to the chat");
  } else if (member?.permissions?.can_send_messages === false) {
    throw badRequest("not enough rights to send text messages to the chat");
  }
  return room;
}

/** A group, supergroup or channel in which the bot may do something. @throws ApiError 400, 403 */
export function roomWithRight(call: Call, right: AdministratorRight, what: string): Room {
  const room = roomOf(call);
  if (room.type === "private") throw badRequest("there are no administrators in the private chat");
  requireRight(call, room, right, what);
  return room;
}

export function requireRight(
  call: Call,
  room: Room,
  right: AdministratorRight,
  what: string,
): void {
  const member = room.member(call.bot.id);
  if (member?.status === "administrator" && member.rights.includes(right)) return;
  throw badRequest(
    room.type === "channel"
      ? "need administrator rights in the channel chat"
      : `not enough rights to ${what}`,
  );
}

function roomById(call: Call, id: number): Room {
  if (!Number.isSafeInteger(id)) throw badRequest("chat not found");
  if (id > 0) return privateRoom(call, id);
  const room = call.world.rooms.get(id);
  if (!room?.members.has(call.bot.id)) throw badRequest("chat not found");
  return openTo(call, room);
}

function publicRoom(call: Call, username: string): Room {
  const name = username.toLowerCase();
  for (const room of call.world.rooms.values()) {
    if (room.username?.toLowerCase() === name) return openTo(call, room);
  }
  throw badRequest("chat not found");
}

function openTo(call: Call, room: Room): Room {
  if (room.migratedTo) {
    const words = "Bad Request: group chat was upgraded to a supergroup chat";
    throw new ApiError(400, words, { migrate_to_chat_id: room.migratedTo.id });
  }
  if (room.member(call.bot.id)) return room;
  const isKicked = room.members.get(call.bot.id)?.status === "kicked";
  throw forbidden(
    isKicked
      ? `bot was kicked from the ${room.type} chat`
      : `bot is not a member of the ${room.type} chat`,
  );
}

function privateRoom(call: Call, userId: number): Room {
  const { bot, world } = call;
  if (world.botById(userId)) throw forbidden("bot can't send messages to bots");
  const user = world.users.get(userId);
  if (!user) throw badRequest("chat not found");
  if (world.deactivated.has(userId)) throw forbidden("user is deactivated");
  const room = bot.privateRooms.get(userId);
  if (!room) {
    throw sharesGroup(call, user)
      ? forbidden("bot can't initiate conversation with a user")
      : badRequest("chat not found");
  }
  if (bot.blockedBy.has(userId)) throw forbidden("bot was blocked by the user");
  return room;
}

/** A bot knows the people of its groups, but may not write to them first. */
function sharesGroup({ world, bot }: Call, user: User): boolean {
  for (const room of world.rooms.values()) {
    if (room.member(bot.id) && room.member(user.id)) return true;
  }
  return false;
}

function businessRoomOf(call: Call, name: string): Room {
  const { bot, parameters } = call;
  const connection = bot.connections.get(parameters.text("business_connection_id"));
  if (!connection?.isEnabled) throw badRequest("business connection not found");
  const room = connection.rooms.get(parameters.integer(name));
  if (!room) throw badRequest("chat not found");
  if (!connection.canReply) throw badRequest("BUSINESS_PEER_INVALID");
  return room;
}
