import type { StatusReason } from "./instance-status.ts";

/** What a person has to know, where the reason alone does not tell what to do. */
const EXPLANATIONS: Partial<Record<StatusReason, string>> = {
  replaced:
    "another client logged in with this session; two would throw each other out, so this one stopped: end the other one, then start this instance again",
  banned: "the platform has banned the account",
  restricted: "the platform has restricted the account for a time",
  qr_timeout: "nobody answered the QR code or the pairing code in time",
  no_challenge: "the platform connected, but gave nothing to pair with",
  passkey_required:
    "the account demands a passkey to link a device, which cannot be answered here: import a session of the account that was made elsewhere",
  version_refused:
    "the platform refused the version of the client that this one says it is, and there is no better one",
  untrusted_server:
    "a signature of the server or of the account is not valid: somebody may be in between",
  rate_limited: "the platform refuses connections for a while",
  unresponsive: "the connection looked open, but nothing came through it",
  bad_token: "the platform does not know the token any more: give the instance another one",
  browser_missing:
    "no Chromium was found: install chromium or chromium-headless-shell, or name one with CHROMIUM_PATH",
  browser_crashed: "the browser of the session ended, crashed or stopped answering",
  profile_locked: "another process uses the browser profile of this instance",
  proxy_failed: "the proxy of the instance cannot be used; nothing goes out without it",
  polled_elsewhere:
    "another program asks for the updates of this bot; only one at a time can, so end the other one",
  disk_full: "there is no space left on the disk",
  logged_out: "the account was unlinked: it has to be paired again",
};

/** Plain words for people; null where the reason says it all. */
export function explain(reason: StatusReason | null): string | null {
  return reason === null ? null : (EXPLANATIONS[reason] ?? null);
}
