import { badRequest } from "../wire/api-error.ts";
import type { Message, MessageBody } from "../wire/types.ts";
import type { Room, StoredMessage } from "../world/room.ts";
import type { Call, Methods } from "./call.ts";
import { roomOf } from "./chat-access.ts";
import { deliver, deliverAll } from "./deliver.ts";
import { captionOf } from "./text-of.ts";

/** What brings a message into another chat. */
export const copyMethods: Methods = {
  forwardMessage: (call: Call): Message => {
    const source = roomOf(call, "from_chat_id");
    return deliver(call, forwarded(source, messageOf(call, source, "message to forward")));
  },
  forwardMessages: (call: Call): readonly object[] => {
    const source = roomOf(call, "from_chat_id");
    const bodies = messagesOf(call, source).map((stored) => forwarded(source, stored));
    if (bodies.length === 0) throw badRequest("there are no messages to forward");
    return deliverAll(call, bodies).map(({ message_id }) => ({ message_id }));
  },
  copyMessage: (call: Call): object => {
    const source = roomOf(call, "from_chat_id");
    const body = contentOf(messageOf(call, source, "message to copy").message);
    const caption = call.parameters.has("caption") ? captionOf(call.parameters) : {};
    return { message_id: deliver(call, { ...body, ...caption }).message_id };
  },
  copyMessages: (call: Call): readonly object[] => {
    const source = roomOf(call, "from_chat_id");
    const bodies = messagesOf(call, source).map(({ message }) => contentOf(message));
    if (bodies.length === 0) throw badRequest("there are no messages to copy");
    return deliverAll(call, bodies).map(({ message_id }) => ({ message_id }));
  },
};

function messageOf(call: Call, source: Room, what: string): StoredMessage {
  return source.get(call.parameters.integer("message_id"), what);
}

function messagesOf(call: Call, source: Room): readonly StoredMessage[] {
  const ids = call.parameters.list("message_ids", "Integer") ?? [];
  return ids.flatMap((id) => source.find(Number(id)) ?? []);
}

/** What a message says, without who said it and when. */
export function contentOf(message: Message): MessageBody {
  const {
    message_id: _id,
    date: _date,
    chat: _chat,
    from: _from,
    sender_chat: _sender,
    edit_date: _edited,
    reply_to_message: _reply,
    reply_markup: _markup,
    forward_origin: _origin,
    media_group_id: _group,
    business_connection_id: _connection,
    ...content
  } = message;
  return content;
}

/** https://core.telegram.org/bots/api#messageorigin */
export function forwarded(source: Room, { message }: StoredMessage): MessageBody {
  const origin = message.forward_origin ?? {
    ...(source.type === "channel"
      ? { type: "channel", chat: message.chat, message_id: message.message_id }
      : { type: "user", sender_user: message.from }),
    date: message.date,
  };
  return { ...contentOf(message), forward_origin: origin };
}
