/** Addresses on WhatsApp: `<user>[_<agent>][:<device>]@<server>`. */
export interface Jid {
  readonly user: string;
  readonly device: number;
  readonly server: string;
}

export function parseJid(jid: string): Jid | null {
  const at = jid.indexOf("@");
  if (at <= 0) return null;
  const [agentAndUser = "", device] = jid.slice(0, at).split(":");
  const [user = ""] = agentAndUser.split("_");
  return { user, device: device === undefined ? 0 : Number(device), server: jid.slice(at + 1) };
}

/** The phone number behind the address, when it is one of a phone. */
export function phoneOf(jid: string | null | undefined): string | null {
  const parsed = jid ? parseJid(jid) : null;
  if (parsed === null) return null;
  const isPhone = ["s.whatsapp.net", "c.us", "hosted"].includes(parsed.server);
  return isPhone && parsed.user !== "" ? parsed.user : null;
}

/** The user part of a LID, when the address is one. */
export function lidOf(jid: string | null | undefined): string | null {
  const parsed = jid ? parseJid(jid) : null;
  if (parsed === null) return null;
  return parsed.server === "lid" || parsed.server === "hosted.lid" ? parsed.user : null;
}

/** The address without device and agent; hosted devices belong to their ordinary address. */
export function userJid(jid: string): string {
  const phone = phoneOf(jid);
  if (phone !== null) return phoneJid(phone);
  const lid = lidOf(jid);
  if (lid !== null) return lidJid(lid);
  const parsed = parseJid(jid);
  return parsed === null ? jid : `${parsed.user}@${parsed.server}`;
}

export function phoneJid(phone: string): string {
  return `${phone}@s.whatsapp.net`;
}

export function lidJid(lid: string): string {
  return `${lid}@lid`;
}

export function isGroupJid(jid: string): boolean {
  return jid.endsWith("@g.us");
}
