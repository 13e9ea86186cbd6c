import type { ContactOperations } from "@orquesta/core";
import type { FullChat } from "../api/bot-api-types.ts";
import { targetOf } from "../chat-id.ts";
import { contactOfChat } from "../incoming/contact.ts";
import { readMedia } from "../incoming/incoming-media.ts";
import { askFor } from "./ask.ts";
import type { OperationParts } from "./operation-parts.ts";

type Contacts = Pick<ContactOperations, "get" | "picture">;

export function makeContactOperations({ api, context }: OperationParts): Contacts {
  const getChat = (id: string, signal: AbortSignal) => {
    const { chat_id } = targetOf(id);
    return askFor<FullChat>(api, "getChat", { chat_id }, { signal, notFound: "CONTACT_NOT_FOUND" });
  };
  return {
    async get(contactId, signal) {
      const chat = await getChat(contactId, signal);
      return { ...contactOfChat(chat), about: chat.bio ?? chat.description ?? null };
    },
    async picture(contactId, signal) {
      const { photo } = await getChat(contactId, signal);
      if (!photo) return null;
      const { big_file_id: file_id, big_file_unique_id: file_unique_id } = photo;
      const { media, key } = readMedia({ file_id, file_unique_id }, "image/jpeg");
      await context.commit({ keys: [key] });
      return media;
    },
  };
}
