import { OrquestaError, waitFor } from "@orquesta/core";
import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";

/** Crockford's alphabet as WhatsApp uses it: no 0, I, O and U. */
const CODE = /^[1-9A-HJ-NP-TV-Z]{8}$/;
const PHONE = /^[1-9]\d{6,14}$/;
const EXCHANGE = "link_code_companion_reg";
const ANSWER_TIMEOUT_MS = 10_000;

/** A chosen code as WhatsApp wants it. A dash and small letters, as people write codes, may come. @throws VALIDATION_FAILED */
export function parsePairingCode(input: string): string {
  const code = input.replace(/^(.{4})[- ](.{4})$/, "$1$2").toUpperCase();
  if (CODE.test(code)) return code;
  throw invalid("code", "must be 8 of 1-9 and A-Z without I, O and U");
}

/** @throws VALIDATION_FAILED */
export function checkPhone(phone: string): void {
  if (!PHONE.test(phone)) throw invalid("phone", "must be 7 to 15 digits with the country code");
}

/**
 * Asks WhatsApp for a pairing code and waits until it has confirmed it: Baileys hands the code out
 * before WhatsApp was asked, and never looks at a refusal.
 * @throws CHALLENGE_UNAVAILABLE (refused, or no answer), ABORTED
 */
export async function requestPairingCode(
  socket: WASocket,
  phone: string,
  code: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const answer = Promise.withResolvers<void>();
  // Nobody waits for it when Baileys fails before.
  answer.promise.catch(() => {});
  const read = (iq: BinaryNode) => readAnswer(iq, answer);
  socket.ws.on("CB:iq", read);
  try {
    const wait = { signal, timeoutMs: ANSWER_TIMEOUT_MS };
    const given = await waitFor(socket.requestPairingCode(phone, code), "a pairing code", wait);
    await waitFor(answer.promise, "WhatsApp's answer to a pairing code", wait);
    return given;
  } finally {
    socket.ws.off("CB:iq", read);
  }
}

/** An unpaired client asks nothing else that could be refused. */
function readAnswer(iq: BinaryNode, answer: PromiseWithResolvers<void>): void {
  const child = Array.isArray(iq.content) ? iq.content[0] : undefined;
  const { type } = iq.attrs;
  if (type === "result" && child?.tag === EXCHANGE) answer.resolve();
  if (type !== "error") return;
  const { code = "", text = "" } = child?.attrs ?? {};
  const why = `${code} ${text}`.trim().slice(0, 100);
  const message = `WhatsApp refused to give a pairing code (${why}); try later, or pair by QR code`;
  answer.reject(new OrquestaError("CHALLENGE_UNAVAILABLE", message));
}

function invalid(field: string, message: string): OrquestaError {
  return new OrquestaError("VALIDATION_FAILED", `${field}: ${message}`, {
    details: [{ field, message }],
  });
}
