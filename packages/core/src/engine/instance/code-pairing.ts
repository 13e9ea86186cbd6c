import { z } from "zod";
import { type WaitOptions, waitFor } from "../error/abort.ts";
import { Deadline } from "../error/deadline.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { EphemeralEvent } from "../event/instance-event.ts";
import type { Provider } from "../provider/provider.ts";
import type { PairingCode } from "../provider/session.ts";
import { describeStatus, whyNone } from "./challenge-holder.ts";
import { ENDED, type InstanceState } from "./instance-state.ts";
import type { LiveSession } from "./live-session.ts";
import type { CodeChallenge } from "./pairing-challenge.ts";

/** Shorter than it takes to look at a phone: such a code is not given a second time. */
const WORTH_TYPING_MS = 30_000;
const REQUEST_TIMEOUT_MS = 30_000;

export const pairingRequestSchema = z.strictObject({
  /** Digits with the country code (ITU-T E.164); a leading + and what people put between digits may stay. */
  phone: z
    .string()
    .max(64)
    .transform((phone) =>
      phone
        .trim()
        .replace(/^\+/, "")
        .replaceAll(/[\s().-]/g, ""),
    )
    .refine(
      (phone) => /^[1-9]\d{6,14}$/.test(phone),
      "must be a phone number with its country code, 7 to 15 digits",
    ),
  /** A code of your own, in the platform's characters. @default a random one */
  code: z.string().min(1).max(64).optional(),
});

export type PairingRequest = z.output<typeof pairingRequestSchema>;

export interface CodePairingParts {
  readonly provider: Provider;
  readonly state: InstanceState;
  /** The session of the moment, which is open or about to be. */
  live(): LiveSession | null;
  announce(event: EphemeralEvent): void;
}

/** Pairing codes of one instance: asked for one after the other, and not twice for the same phone. */
export class CodePairing {
  readonly #parts: CodePairingParts;
  #turn: Promise<unknown> = Promise.resolve();
  #given: { readonly request: PairingRequest; readonly challenge: CodeChallenge } | null = null;
  #givenBy: LiveSession | null = null;

  constructor(parts: CodePairingParts) {
    this.#parts = parts;
  }

  /**
   * A code for that phone. The one that was given last is given again while it is worth typing.
   * @throws CAPABILITY_MISSING, INSTANCE_NOT_RUNNING, CHALLENGE_UNAVAILABLE, VALIDATION_FAILED,
   *   TIMED_OUT, ABORTED
   */
  async request(request: PairingRequest, options: WaitOptions): Promise<CodeChallenge> {
    const { provider } = this.#parts;
    if (!provider.capabilities.pairing.includes("code")) throw cannot(provider);
    const ending = new AbortController();
    const mine = this.#turn.then(() => this.#requestInTurn(request, ending.signal));
    this.#turn = mine.catch(() => {});
    try {
      return await waitFor(mine, "waiting for a pairing code", options);
    } finally {
      ending.abort();
    }
  }

  async #requestInTurn(request: PairingRequest, signal: AbortSignal): Promise<CodeChallenge> {
    let tried: LiveSession | null = null;
    for (;;) {
      const live: LiveSession = await this.#whenPairing(tried, signal);
      const known = this.#known(live, request);
      if (known) return known;
      tried = live;
      try {
        return await this.#ask(live, request);
      } catch (error) {
        if (isOrquestaError(error, "SESSION_CLOSED")) continue;
        throw error;
      }
    }
  }

  #known(live: LiveSession, { phone, code }: PairingRequest): CodeChallenge | null {
    if (this.#givenBy !== live || this.#given === null) return null;
    const { request, challenge } = this.#given;
    const isCode = code === undefined || code === request.code || code === challenge.value;
    const leftMs = Date.parse(challenge.expiresAt) - Date.now();
    return request.phone === phone && isCode && leftMs > WORTH_TYPING_MS ? challenge : null;
  }

  /** Once it is asked for, a code replaces the one before, whether or not anybody still waits. */
  async #ask(live: LiveSession, request: PairingRequest): Promise<CodeChallenge> {
    this.#given = null;
    const { code, expiresAt } = await this.#askSession(live, request);
    const challenge = { type: "code", value: code, expiresAt } as const;
    this.#given = { request, challenge };
    this.#givenBy = live;
    this.#parts.announce({ name: "pairing.code", data: { code, expiresAt } });
    return challenge;
  }

  async #askSession(live: LiveSession, { phone, code }: PairingRequest): Promise<PairingCode> {
    const { provider } = this.#parts;
    const session = await live.opened();
    if (session === null) throw new OrquestaError("SESSION_CLOSED", "the session did not open");
    if (!session.requestPairingCode) throw cannot(provider);
    const what = "asking the platform for a pairing code";
    const timeoutMs = REQUEST_TIMEOUT_MS;
    const { ended } = live;
    const deadline = new Deadline(timeoutMs, ended);
    const options = { signal: deadline.signal, ...(code !== undefined && { code }) };
    try {
      const asked = session.requestPairingCode(phone, options);
      return await waitFor(asked, what, { timeoutMs, signal: ended });
    } catch (cause) {
      if (ended.aborted) {
        throw new OrquestaError("SESSION_CLOSED", "the session has ended", { cause });
      }
      if (isOrquestaError(cause)) throw cause;
      const message = "the platform could not give a pairing code";
      throw new OrquestaError("CHALLENGE_UNAVAILABLE", message, { cause });
    } finally {
      deadline.end();
    }
  }

  /** The session that pairs, another one than `tried`. */
  async #whenPairing(tried: LiveSession | null, signal: AbortSignal): Promise<LiveSession> {
    const { state, live } = this.#parts;
    const found: LiveSession[] = [];
    const isPairing = () => {
      const { record } = state;
      const { status, paired, desired } = record;
      if (desired !== "running" || status === "created" || ENDED.includes(status)) {
        throw new OrquestaError("INSTANCE_NOT_RUNNING", describeStatus(record));
      }
      if (paired || status === "connected" || status === "authenticating") {
        throw new OrquestaError("CHALLENGE_UNAVAILABLE", whyNone(record));
      }
      const current = live();
      if (status !== "pairing" || current === null || current === tried) return false;
      found.push(current);
      return true;
    };
    await state.until(isPairing, "waiting until the instance is pairing", { signal });
    const [current] = found;
    if (current) return current;
    throw new OrquestaError("SESSION_CLOSED", "the session is gone");
  }
}

function cannot({ id }: Provider): OrquestaError {
  return new OrquestaError("CAPABILITY_MISSING", `the provider "${id}" has no pairing codes`);
}
