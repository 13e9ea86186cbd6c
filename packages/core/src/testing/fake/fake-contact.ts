import type { Contact } from "../../index.ts";

/** Somebody on the fake platform. */
export function fakeContact(phone: string, name: string | null): Contact {
  return { id: phone, phone, lid: null, jid: null, name };
}
