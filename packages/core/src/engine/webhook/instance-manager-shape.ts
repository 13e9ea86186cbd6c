import type { JournalEvent } from "../event/instance-event.ts";
import type { Contact } from "../message/contact.ts";
import type { IncomingMessage } from "../message/incoming-message.ts";

/** The document allows a body of 1 MB; the rest of it stays far below what is left here. */
const MAX_BODY_BYTES = 1_048_576;
const ROOM_FOR_THE_REST = 8192;

/** The webhook body of the Instance Manager API: messages only, as the document shows them. */
export function instanceManagerShape(event: JournalEvent, provider: string): object | null {
  if (event.name === "message.received") return bodyOf(event, event.data.message, provider, false);
  if (event.name === "message.sent" && event.data.origin === "device") {
    return bodyOf(event, event.data.message, provider, true);
  }
  return null;
}

function bodyOf(
  event: JournalEvent,
  message: IncomingMessage,
  provider: string,
  fromMe: boolean,
): object {
  const text = message.content.type === "text" ? message.content.text : "";
  const body = cut(text);
  return {
    instance_id: event.instanceId,
    provider,
    message: {
      id: message.id,
      body,
      fromMe,
      timestamp: message.sentAt,
      contact: contactLine(message.sender),
      type: message.content.type === "text" ? "text" : message.content.kind,
      chatId: message.chatId.replace(/@s\.whatsapp\.net$/, "@c.us"),
      ...(body !== text && { truncated: true }),
    },
  };
}

/** `Name (+number)`, or as much of it as is known. */
function contactLine({ name, phone, lid, id }: Contact): string {
  const number = phone === null ? (lid ?? id) : `+${phone}`;
  return name === null ? number : `${name} (${number})`;
}

/** JSON may need six bytes for one UTF-16 unit (`\u0000`): measured as it will be sent. */
function cut(text: string): string {
  const allowed = MAX_BODY_BYTES - ROOM_FOR_THE_REST;
  if (text.length * 6 <= allowed) return text;
  let end = text.length;
  while (Buffer.byteLength(JSON.stringify(text.slice(0, end))) > allowed) {
    end = Math.floor(end * 0.9);
  }
  // Never between the two halves of a surrogate pair.
  return text.slice(0, end).toWellFormed();
}
