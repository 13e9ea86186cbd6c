import type { EphemeralEvent } from "@orquesta/core";
import type { BinaryNode } from "@whiskeysockets/baileys";
import type { ContactDirectory } from "./contact-directory.ts";
import { isGroupJid } from "./jid.ts";

type Presence = EphemeralEvent<"presence.changed">["data"]["presence"];

/** Reads `<presence>` and `<chatstate>`; null when they say nothing about anybody. */
export async function readPresence(
  { tag, attrs, content }: BinaryNode,
  contacts: ContactDirectory,
): Promise<EphemeralEvent | null> {
  const { from, participant } = attrs;
  const [state] = Array.isArray(content) ? content : [];
  const presence = tag === "presence" ? toOnline(attrs["type"]) : toActivity(state);
  if (!from || presence === null) return null;
  const identify = async (jid: string) =>
    (await contacts.identify({ jid, alternative: null }, null, null)).id;
  const contactId = await identify(participant ?? from);
  const chatId = isGroupJid(from) ? from : contactId;
  return { name: "presence.changed", data: { chatId, contactId, presence } };
}

function toOnline(type: string | undefined): Presence | null {
  if (type === undefined || type === "available") return "online";
  return type === "unavailable" ? "offline" : null;
}

function toActivity(state: BinaryNode | undefined): Presence | null {
  if (state?.tag === "paused") return "paused";
  if (state?.tag !== "composing") return null;
  return state.attrs["media"] === "audio" ? "recording" : "typing";
}
