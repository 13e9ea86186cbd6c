import type { Payload } from "../api/bot-api.ts";

/** One call of the Bot API, and what to make of its refusals. */
export interface Call {
  readonly method: string;
  readonly payload: Payload;
  /** A refusal in these words says that it is done already. */
  readonly doneWhen?: RegExp;
  /** A refusal in these words asks for the other call. */
  readonly otherwise?: { readonly when: RegExp; readonly call: Call };
  /** May be made again when its answer was lost. */
  readonly isRepeatable?: true;
}
