import { badRequest } from "../wire/api-error.ts";
import type { Poll } from "../wire/types.ts";

export interface PollSetup {
  readonly id: string;
  readonly question: string;
  readonly options: readonly string[];
  readonly isAnonymous: boolean;
  readonly isMultiple: boolean;
  readonly type: "regular" | "quiz";
  readonly correctOption?: number;
  /** Id of its author: bots are told of the votes of their own polls only. */
  readonly askedBy: number;
}

/** One poll and who voted for what. */
export class PollBox {
  readonly setup: PollSetup;
  readonly #votes = new Map<number, readonly number[]>();
  #isClosed = false;

  constructor(setup: PollSetup) {
    this.setup = setup;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get poll(): Poll {
    const { id, question, options, isAnonymous, isMultiple, type, correctOption } = this.setup;
    const votes = [...this.#votes.values()];
    return {
      id,
      question,
      options: options.map((text, index) => ({
        text,
        voter_count: votes.filter((chosen) => chosen.includes(index)).length,
      })),
      total_voter_count: votes.length,
      is_closed: this.#isClosed,
      is_anonymous: isAnonymous,
      type,
      allows_multiple_answers: isMultiple,
      ...(correctOption === undefined ? {} : { correct_option_id: correctOption }),
    };
  }

  /** No option takes the vote back. */
  vote(userId: number, options: readonly number[]): void {
    if (this.#isClosed) throw badRequest("poll has already been closed");
    if (options.length > 1 && !this.setup.isMultiple) throw badRequest("only one option");
    if (options.some((index) => this.setup.options[index] === undefined)) {
      throw badRequest("wrong option");
    }
    if (options.length === 0) this.#votes.delete(userId);
    else this.#votes.set(userId, options);
  }

  close(): void {
    this.#isClosed = true;
  }
}
