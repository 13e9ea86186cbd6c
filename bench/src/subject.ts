import type { Measured } from "./measured-process.ts";

/** A process under measurement that runs accounts on the fake WhatsApp and posts what comes in to a sink. */
export interface Subject {
  readonly name: string;
  /** Pairs an account and waits until it is connected. */
  pair(number: string): Promise<void>;
  /** Sends a text by HTTP, as its users would; resolves with the answer. */
  send(from: string, to: string, body: string): Promise<void>;
  measure(): Promise<Measured>;
  /** Forgets the event-loop delays so far. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
