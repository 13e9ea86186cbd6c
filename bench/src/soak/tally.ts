const KINDS = ["written", "journaled", "accepted", "shown"] as const;
/** Written to an account, in its journal, answered by the engine, shown to who had written. */
export type Counted = (typeof KINDS)[number];

const NUMBER = /^(?:message|answer) (\d+)$/;

/** How often each numbered message got how far: a byte for each, so that a long run stays small. */
export class Tally {
  readonly #counts: Readonly<Record<Counted, Uint8Array>>;
  readonly #states: (string | undefined)[] = [];
  readonly #totals = { written: 0, journaled: 0, accepted: 0, shown: 0 };

  constructor(messages: number) {
    const bytes = () => new Uint8Array(messages);
    this.#counts = { written: bytes(), journaled: bytes(), accepted: bytes(), shown: bytes() };
  }

  /** What is not numbered is not counted. */
  count(what: Counted, text: string | null | undefined, state?: string): void {
    const number = Number(NUMBER.exec(text ?? "")?.[1] ?? Number.NaN);
    const counts = this.#counts[what];
    const before = counts[number];
    if (before === undefined) return;
    counts[number] = Math.min(before + 1, 255);
    this.#totals[what] += 1;
    if (state !== undefined) this.#states[number] = state;
  }

  times(what: Counted, number: number): number {
    return this.#counts[what][number] ?? 0;
  }

  total(what: Counted): number {
    return this.#totals[what];
  }

  /** What the outbox says of the answer. */
  stateOfAnswer(number: number): string | undefined {
    return this.#states[number];
  }
}
