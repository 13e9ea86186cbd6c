/**
 * libsignal prints whole sessions, private keys included, through `console` whenever one is closed,
 * and a line per late message under load. These phrases, and only these, reach nothing; whatever
 * else goes to the console passes untouched. Process-wide, because libsignal has no logger to set.
 */
const PHRASES: readonly string[] = [
  "Closing session:",
  "Opening session:",
  "Removing old closed session:",
  "Session already closed",
  "Session already open",
  "Migrating session to:",
  "V1 session storage migration error: registrationId",
  "Closing open session in favor of incoming prekey bundle",
  "Decrypted message with closed session.",
  "Failed to decrypt message with any known session...",
  "Session error:",
  "WARNING: Expected pubkey of length 33, please report the ST and client that generated the pubkey",
  "Unhandled bucket type (for naming):",
];

const METHODS = ["info", "warn", "error"] as const;

let installed = false;

export function silenceLibsignal(): void {
  if (installed) return;
  installed = true;
  for (const method of METHODS) {
    // biome-ignore lint/suspicious/noConsole: this file exists to keep libsignal off the console
    const print = console[method];
    console[method] = (...args: unknown[]) => {
      if (!isLibsignals(args[0])) print.apply(console, args);
    };
  }
}

function isLibsignals(first: unknown): boolean {
  return typeof first === "string" && PHRASES.some((phrase) => first.startsWith(phrase));
}
