import { badRequest } from "../wire/api-error.ts";
import { type BusinessConnection, businessConnectionOf } from "../world/business-connection.ts";
import type { Call, Methods } from "./call.ts";

/** Private chats of a person who let the bot in. */
export const businessMethods: Methods = {
  getBusinessConnection: (call: Call): object => businessConnectionOf(connectionOf(call)),
  readBusinessMessage: (call: Call): true => {
    const connection = connectionOf(call);
    const room = connection.rooms.get(call.parameters.integer("chat_id"));
    if (!room) throw badRequest("chat not found");
    const id = call.parameters.integer("message_id");
    room.get(id, "message to read");
    room.readUpTo = Math.max(room.readUpTo, id);
    return true;
  },
  deleteBusinessMessages: (call: Call): true => {
    const connection = connectionOf(call);
    const ids = (call.parameters.list("message_ids", "Integer") ?? []).map(Number);
    if (ids.length === 0) throw badRequest("message identifiers are not specified");
    for (const room of connection.rooms.values()) for (const id of ids) room.remove(id);
    return true;
  },
};

function connectionOf({ bot, parameters }: Call): BusinessConnection {
  const connection = bot.connections.get(parameters.text("business_connection_id"));
  if (!connection) throw badRequest("business connection not found");
  return connection;
}
