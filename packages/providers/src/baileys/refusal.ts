/** The account may begin no chats; those that it has go on. */
export const REACH_OUT_LOCKED = "463";

/** What the server's refusals of a message mean, as far as it is known. */
const REFUSALS: Readonly<Record<string, string>> = {
  "463": "WhatsApp does not let this account start new chats at the moment (463)",
  "479": "WhatsApp refused the message as malformed, mostly for an outdated device session (479)",
};

export function refusalOf(code: string): string {
  return REFUSALS[code] ?? `WhatsApp refused the message (${code})`;
}
