import type { Contact } from "../message/contact.ts";

/** How a poll stands. */
export interface PollResults {
  readonly question: string;
  /** In the order of the poll, those that nobody chose among them. */
  readonly options: readonly PollOptionResult[];
}

export interface PollOptionResult {
  readonly title: string;
  readonly votes: number;
  /** In the order of their ids. */
  readonly voters: readonly Contact[];
}
