import type { JournalEvent } from "../event/instance-event.ts";
import type { Contact } from "../message/contact.ts";
import type { IncomingContent } from "../message/incoming-content.ts";
import type { IncomingMessage } from "../message/incoming-message.ts";
import type { Shape, TestContent } from "./shape.ts";

/** The webhook body of the Instance Manager API: messages only, as the document shows them. */
export const instanceManagerShape: Shape = {
  tells: (event) => messageOf(event) !== null,

  body(event, { provider, truncated }) {
    const message = messageOf(event);
    return {
      instance_id: event.instanceId,
      provider,
      message: message && {
        id: message.id,
        body: textOf(message.content),
        fromMe: event.name === "message.sent",
        timestamp: message.sentAt,
        contact: contactLine(message.sender),
        type: message.content.type === "unsupported" ? message.content.kind : message.content.type,
        chatId: message.chatId.replace(/@s\.whatsapp\.net$/, "@c.us"),
        ...("media" in message.content && { media: message.content.media }),
        ...(truncated && { truncated }),
      },
    };
  },

  test({ id, instanceId, occurredAt, text }: TestContent, provider) {
    return {
      instance_id: instanceId,
      provider,
      test: true,
      message: {
        id,
        body: text,
        fromMe: false,
        timestamp: occurredAt,
        contact: "Orquesta (test)",
        type: "text",
        chatId: "test",
      },
    };
  },
};

/** A text, or what is written under a medium. */
function textOf(content: IncomingContent): string {
  if (content.type === "text") return content.text;
  return "caption" in content ? (content.caption ?? "") : "";
}

/** What somebody wrote, here or on the phone; what Orquesta sent is not told. */
function messageOf(event: JournalEvent): IncomingMessage | null {
  if (event.name === "message.received") return event.data.message;
  return event.name === "message.sent" && event.data.origin === "device"
    ? event.data.message
    : null;
}

/** `Name (+number)`, or as much of it as is known. */
function contactLine({ name, phone, lid, id }: Contact): string {
  const number = phone === null ? (lid ?? id) : `+${phone}`;
  return name === null ? number : `${name} (${number})`;
}
