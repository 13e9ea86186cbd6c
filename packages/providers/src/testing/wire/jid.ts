import { createHash } from "node:crypto";
import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";

export type JidServer = "broadcast" | "g.us" | "lid" | "newsletter" | "s.whatsapp.net";

export interface Jid {
  readonly user: string;
  readonly device: number;
  readonly server: string;
}

/** Splits a JID; null when it is none. */
export function parseJid(text: string | undefined): Jid | null {
  const at = text?.indexOf("@") ?? -1;
  if (text === undefined || at < 0) return null;
  const [user = "", device = "0"] = text.slice(0, at).split(":");
  return { user: user.split("_")[0] ?? "", device: Number(device), server: text.slice(at + 1) };
}

export function formatJid(user: string, server: JidServer, device = 0): string {
  return `${user}${device === 0 ? "" : `:${device}`}@${server}`;
}

/** The digits of a phone number, however it was written ("+55 11 …", or a JID). */
export function normalizeNumber(input: string): string {
  const digits = (input.split("@")[0] ?? "").split(":")[0]?.replaceAll(/[\s()+.-]/g, "") ?? "";
  if (!/^\d{5,15}$/.test(digits)) {
    throw new FakeWhatsAppError("BAD_NUMBER", `"${input}" is no international phone number`);
  }
  return digits;
}

/** The stable LID of a number: derived from it, so that it survives a restart of the server. */
export function lidOf(number: string): string {
  const hash = createHash("sha256").update(`lid:${number}`).digest();
  return `1${String(hash.readUIntBE(0, 6)).padStart(15, "0").slice(0, 14)}`;
}
