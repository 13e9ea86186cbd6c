import type { proto } from "@whiskeysockets/baileys";
import type { Answer } from "./answer.ts";

/** A version of WhatsApp Web, such as `[2, 3000, 1043857760]`. */
export type WebVersion = readonly [number, number, number];

/** What the server demands of clients, as a test has ordered it. By default it takes everybody. */
export class LinkingRules {
  #minimumVersion: WebVersion | null = null;
  #codeRefusals = 0;
  #codeRefusal = { code: "429", text: "rate-overlimit" };
  #withholdsQrCodes = false;

  /** Refuses older clients with `<failure reason="405">`, paired or not, until called with null. */
  requireVersion(minimum: WebVersion | null): void {
    this.#minimumVersion = minimum;
  }

  /** Answers the next requests for a pairing code with an error. */
  refuseNextPairingCodes(count: number, code = 429, text = "rate-overlimit"): void {
    this.#codeRefusals = count;
    this.#codeRefusal = { code: String(code), text };
  }

  /** Lets clients connect and gives them nothing to show as a QR code. */
  withholdQrCodes(withholds = true): void {
    this.#withholdsQrCodes = withholds;
  }

  get withholdsQrCodes(): boolean {
    return this.#withholdsQrCodes;
  }

  /** Whether the client is too old to be let in. */
  isTooOld({ userAgent }: proto.IClientPayload): boolean {
    if (this.#minimumVersion === null) return false;
    const { primary, secondary, tertiary } = userAgent?.appVersion ?? {};
    const version = [primary ?? 0, secondary ?? 0, tertiary ?? 0];
    for (const [index, least] of this.#minimumVersion.entries()) {
      const part = version[index] ?? 0;
      if (part !== least) return part < least;
    }
    return false;
  }

  /** The refusal of this request for a pairing code; null when there is none. */
  takeCodeRefusal(): Answer | null {
    if (this.#codeRefusals === 0) return null;
    this.#codeRefusals -= 1;
    return { error: this.#codeRefusal };
  }
}
