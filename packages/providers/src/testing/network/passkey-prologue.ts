import { randomBytes } from "node:crypto";
import { nowSeconds, type Stanza, stanza } from "../wire/stanza.ts";

/** WebAuthn options as clients have seen them since 2026-06-30 (tulir/whatsmeow#1185, WhiskeySockets/Baileys#2672). */
const TIMEOUT_MS = 600_000;

/**
 * What the server says instead of `pair-success` when the account demands a passkey: after the scan, or
 * after the client's `companion_finish`. Only a client that can sign the challenge gets any further.
 */
export function passkeyPrologue(): Stanza {
  const options = {
    challenge: randomBytes(32).toString("base64url"),
    timeout: TIMEOUT_MS,
    rpId: "whatsapp.com",
    allowCredentials: [],
    userVerification: "required",
    extensions: { uvm: true },
  };
  const attributes = {
    from: "s.whatsapp.net",
    id: randomBytes(6).toString("hex"),
    type: "passkey_prologue_request",
    t: nowSeconds(),
  };
  return stanza("notification", attributes, [
    stanza("passkey_request_options", {}, Buffer.from(JSON.stringify(options))),
  ]);
}
