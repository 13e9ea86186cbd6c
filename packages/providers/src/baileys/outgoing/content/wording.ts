import { OrquestaError } from "@orquesta/core";
import { parseMarkdown } from "../../../shared/markdown/parse-markdown.ts";
import { renderWhatsApp } from "../../../shared/markdown/render-whatsapp.ts";
import { isGroupJid, userJid } from "../../jid.ts";

/** Text as WhatsApp shows it, and whom it names. */
export interface Wording {
  readonly text: string;
  readonly mentioned: readonly string[];
  readonly isForEverybody: boolean;
}

interface Written {
  readonly format?: "plain" | "markdown" | undefined;
  readonly mentions?: readonly string[] | "all" | undefined;
}

/** @throws SEND_REJECTED */
export function toWording(text: string, { format, mentions }: Written, chatId: string): Wording {
  const isForEverybody = mentions === "all";
  if (isForEverybody && !isGroupJid(chatId)) {
    throw new OrquestaError("SEND_REJECTED", "only in a group everybody can be mentioned");
  }
  const rendered =
    format === "markdown" ? renderWhatsApp(parseMarkdown(text)) : { text, mentions: [] };
  const named = [...rendered.mentions, ...(mentions === "all" ? [] : (mentions ?? []))];
  return {
    text: rendered.text,
    mentioned: [...new Set(named.map(userJid))],
    isForEverybody,
  };
}
