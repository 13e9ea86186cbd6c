import type { Chat, Client, GroupChat } from "whatsapp-web.js";
import { missing } from "./operation-parts.ts";

/** @throws GROUP_NOT_FOUND */
export async function groupAt(client: Client, groupId: string): Promise<GroupChat> {
  const chat: Chat | undefined = await client.getChatById(groupId).catch(notFound);
  // Bridge: the library makes a GroupChat of every chat that says so.
  if (chat?.isGroup) return chat as GroupChat;
  throw missing("GROUP_NOT_FOUND", "the account is in no such group");
}

/** The page throws where it knows no such group; that it is gone itself is something else. */
function notFound(cause: unknown): undefined {
  if (/target closed|session closed|detached|protocol error/i.test(String(cause))) throw cause;
  return undefined;
}
