import type { Resources } from "./resources.ts";

export type ProviderName = "baileys" | "whatsappweb" | "telegram";

/** What the engine process is started with, as JSON in `SOAK_SUBJECT`. */
export interface Subject {
  readonly dataDir: string;
  readonly sinkUrl: string;
  readonly whatsapp: { readonly url: string; readonly rootKey: string };
  readonly web: { readonly args: readonly string[]; readonly acceptInsecureCerts: true };
  readonly telegramUrl: string;
}

export interface Progress {
  /** Messages that the consumer has answered. */
  readonly answered: number;
  /** Instances that are not connected, each with its status and reason. */
  readonly apart: readonly string[];
}

/** What is wrong with a process beside its traffic. */
export interface Complaints {
  readonly unhandledRejections: number;
  /** The first of them, and of Node's warnings. */
  readonly examples: readonly string[];
  readonly warnings: number;
  /** What the engine logged as an error, and how often. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What the engine process is told to do, one message each over its IPC channel. */
export interface Orders {
  add(params: {
    readonly provider: ProviderName;
    readonly name: string;
    readonly settings: Readonly<Record<string, unknown>>;
  }): { readonly id: string };
  challenge(params: { readonly id: string }): { readonly value: string };
  connected(params: { readonly id: string }): null;
  restart(params: { readonly id: string }): null;
  progress(params: null): Progress;
  resources(params: null): Resources;
  /**
   * Closes the manager. Resolves when everything is as before it was made, or after a while; then nothing
   * keeps the process alive.
   */
  close(params: null): {
    readonly before: Resources;
    readonly after: Resources;
    readonly complaints: Complaints;
  };
}

export type OrderName = keyof Orders;
export type ParamsOf<Name extends OrderName> = Parameters<Orders[Name]>[0];
export type AnswerOf<Name extends OrderName> = ReturnType<Orders[Name]>;
/** The programs are of one version: what arrives is of this shape. */
export type Asked = {
  readonly [Name in OrderName]: {
    readonly ask: number;
    readonly order: Name;
    readonly params: ParamsOf<Name>;
  };
}[OrderName];

export interface Answered {
  readonly answer: number;
  readonly result?: unknown;
  readonly error?: string;
}
