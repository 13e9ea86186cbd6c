import { badRequest } from "../wire/api-error.ts";
import type { Message, MessageBody } from "../wire/types.ts";
import { messageForBot } from "../world/message-view.ts";
import type { Room } from "../world/room.ts";
import type { Call } from "./call.ts";
import { roomToWrite } from "./chat-access.ts";
import { replyMarkupOf } from "./reply-markup.ts";

/** Sends one message into the chat that the call names and returns it as the bot sees it. */
export function deliver(call: Call, body: MessageBody): Message {
  const [message] = deliverAll(call, [body]);
  if (!message) throw badRequest("there is nothing to send");
  return message;
}

/** @throws ApiError 400 (chat, reply, markup), 403, 429 */
export function deliverAll(call: Call, bodies: readonly MessageBody[]): readonly Message[] {
  const room = roomToWrite(call);
  const options = sendingOptions(call, room);
  const isGroup = room.type === "group" || room.type === "supergroup";
  call.rateLimits.spend(call.bot.id, room.id, isGroup, bodies.length);
  const { bot } = call;
  const owner = room.connectionId ? bot.connections.get(room.connectionId)?.owner : undefined;
  // Through a business connection a bot writes in the name of the account.
  const inTheNameOf = owner ? { sender_business_bot: bot.user } : {};
  return bodies.map((body) => {
    const whole = { ...body, ...options, ...inTheNameOf };
    return messageForBot(bot.id, call.post.post(room, bot.user, whole, owner).message);
  });
}

function sendingOptions(call: Call, room: Room): MessageBody {
  const { parameters } = call;
  const replied = repliedMessage(call, room);
  const markup = replyMarkupOf(parameters);
  const preview = parameters.object("link_preview_options");
  return {
    ...(replied ? { reply_to_message: replied } : {}),
    ...(markup ? { reply_markup: markup } : {}),
    ...(preview ? { link_preview_options: preview } : {}),
    ...(room.connectionId ? { business_connection_id: room.connectionId } : {}),
    ...(parameters.has("message_thread_id") && room.type === "supergroup"
      ? { message_thread_id: parameters.integer("message_thread_id"), is_topic_message: true }
      : {}),
  };
}

function repliedMessage({ parameters }: Call, room: Room): Message | undefined {
  const reply = parameters.object("reply_parameters", "reply parameters");
  const id = Number(reply?.message_id ?? parameters.integer("reply_to_message_id", 0));
  if (id === 0) return undefined;
  const stored = room.find(id);
  if (stored) return withoutReply(stored.message);
  const isOptional =
    reply?.allow_sending_without_reply === true || parameters.flag("allow_sending_without_reply");
  if (isOptional) return undefined;
  throw badRequest("message to be replied not found");
}

/** A reply shows the message that it answers, but not what that one answers. */
export function withoutReply({ reply_to_message: _, ...message }: Message): Message {
  return message;
}
