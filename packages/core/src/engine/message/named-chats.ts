import type { OutgoingContent } from "./outgoing-content.ts";

/**
 * Brings the chats and contacts that a message names to the platform's ids, as is done with its own chat.
 * @throws VALIDATION_FAILED by `parseChatId`
 */
export function parseNamedChats<Content extends OutgoingContent>(
  content: Content,
  parseChatId: (input: string) => string,
): Content {
  const { fromChatId, audience, mentions } = namesOf(content);
  return {
    ...content,
    ...(fromChatId !== undefined && { fromChatId: parseChatId(fromChatId) }),
    ...(audience && { audience: audience.map((id) => parseChatId(id)) }),
    ...(Array.isArray(mentions) && { mentions: mentions.map((id) => parseChatId(id)) }),
    ...(content.type === "status" && { story: parseNamedChats(content.story, parseChatId) }),
  };
}

function namesOf(content: OutgoingContent) {
  return {
    fromChatId: content.type === "forward" ? content.fromChatId : undefined,
    audience: content.type === "status" ? content.audience : undefined,
    mentions: "mentions" in content ? content.mentions : undefined,
  };
}
