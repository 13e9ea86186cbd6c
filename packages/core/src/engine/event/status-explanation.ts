import type { StatusReason } from "./instance-status.ts";

/** What a person has to know, where the reason alone does not tell what to do. */
const EXPLANATIONS: Partial<Record<StatusReason, string>> = {
  replaced:
    "another client logged in with this session; two would throw each other out, so this one stopped: end the other one, then start this instance again",
  banned: "the platform has banned the account",
  restricted: "the platform has restricted the account for a time",
  version_refused: "the platform does not accept this version of the library any more",
  untrusted_server:
    "a signature of the server or of the account is not valid: somebody may be in between",
  rate_limited: "the platform refuses connections for a while",
  unresponsive: "the connection looked open, but nothing came through it",
  logged_out: "the account was unlinked: it has to be paired again",
};

/** Plain words for people; null where the reason says it all. */
export function explain(reason: StatusReason | null): string | null {
  return reason === null ? null : (EXPLANATIONS[reason] ?? null);
}
