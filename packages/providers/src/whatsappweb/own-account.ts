import type { Contact } from "@orquesta/core";
import type { ClientInfo } from "whatsapp-web.js";

/** The account that a session belongs to. */
export function accountOf({ wid, pushname }: ClientInfo): Contact {
  const { user, server } = wid;
  const isLid = server === "lid";
  const jid = isLid ? null : `${user}@s.whatsapp.net`;
  const lid = isLid ? `${user}@lid` : null;
  return { id: jid ?? `${user}@lid`, phone: isLid ? null : user, lid, jid, name: pushname || null };
}
