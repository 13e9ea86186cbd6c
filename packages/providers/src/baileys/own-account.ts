import type { Contact } from "@orquesta/core";
import type { AuthenticationCreds } from "@whiskeysockets/baileys";
import { lidJid, lidOf, phoneJid, phoneOf, userJid } from "./jid.ts";

/** The account itself as a contact. */
export function accountOf(me: NonNullable<AuthenticationCreds["me"]>): Contact {
  const phone = phoneOf(me.id);
  const lid = lidOf(me.lid);
  return {
    id: userJid(me.id),
    phone,
    lid: lid === null ? null : lidJid(lid),
    jid: phone === null ? null : phoneJid(phone),
    name: me.name ?? null,
  };
}
