import {
  isSignedWith,
  type RunningSecret,
  type SignedRequest,
  secretOf,
} from "./running-secret.ts";

const FIRST_SECRET = 0;

/** What comes to the webhooks that are signed and are told of received messages alone. */
export class SignedWebhook {
  /** Secrets that a delivery may be signed with, by account, in the order of their rotations. */
  readonly #secrets = new Map<string, readonly RunningSecret[]>();
  /** Event ids. */
  readonly #arrived = new Set<string>();
  #unfit = 0;
  #unsigned = 0;
  #rotations = 0;

  /** Secrets that are stored. */
  get rotations(): number {
    return this.#rotations;
  }

  /** Events, each counted once. */
  get arrivals(): number {
    return this.#arrived.size;
  }

  secretRuns(secret: RunningSecret): void {
    const { account, number, stored } = secret;
    if (stored) this.#rotations += 1;
    const others = this.#known(account).filter((known) => known.number !== number);
    this.#secrets.set(account, [...others, secret]);
  }

  /** Nothing is on its way any more: from here on a stored secret has to sign. */
  drained(): void {
    for (const [account, secrets] of this.#secrets) {
      this.#secrets.set(account, secrets.slice(secrets.findLastIndex(({ stored }) => stored)));
    }
  }

  arrive(account: string, name: string, request: SignedRequest): void {
    if (name !== "message.received") this.#unfit += 1;
    const isSigned = this.#known(account).some(({ number }) =>
      isSignedWith(secretOf(account, number), request),
    );
    if (!isSigned) this.#unsigned += 1;
    this.#arrived.add(request.id);
  }

  has(eventId: string): boolean {
    return this.#arrived.has(eventId);
  }

  judge(): readonly string[] {
    const faults: string[] = [];
    if (this.#unfit > 0) faults.push(`${this.#unfit} deliveries that the filter does not let pass`);
    if (this.#unsigned > 0)
      faults.push(`${this.#unsigned} deliveries without a signature that holds`);
    return faults;
  }

  #known(account: string): readonly RunningSecret[] {
    return this.#secrets.get(account) ?? [{ account, number: FIRST_SECRET, stored: true }];
  }
}
