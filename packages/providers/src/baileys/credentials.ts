import type { AuthenticationCreds } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "./baileys-library.ts";
import { CREDENTIALS_TYPE } from "./own-key-types.ts";
import type { SessionStore } from "./session-store.ts";

/** There is one per account. */
export const CREDENTIALS_ID = "main";

/**
 * The account's stored credentials, or new ones that have to be paired.
 *
 * Those with an owner but without the owner's signature come from a pairing that was not finished;
 * Baileys would try to log in with them for ever.
 */
export async function loadCredentials(
  store: SessionStore,
  { initAuthCreds }: BaileysLibrary,
): Promise<AuthenticationCreds> {
  const stored = (await store.read(CREDENTIALS_TYPE, [CREDENTIALS_ID]))[CREDENTIALS_ID];
  // What `saveCredentials` stored.
  const creds = stored as AuthenticationCreds | undefined;
  if (creds === undefined || (creds.me && !creds.account)) return initAuthCreds();
  return creds;
}

export async function saveCredentials(
  store: SessionStore,
  creds: AuthenticationCreds,
): Promise<void> {
  await store.set({ [CREDENTIALS_TYPE]: { [CREDENTIALS_ID]: creds } });
}
