import type { Agent } from "node:http";
import type { Readable } from "node:stream";
import { uploadTimeMs } from "@orquesta/core";
import type { Telegram } from "telegraf";
import { BotApiError } from "./bot-api-error.ts";
import { readFailure } from "./read-failure.ts";
import type { TelegrafLibrary } from "./telegraf-library.ts";

export const DEFAULT_API_ROOT = "https://api.telegram.org/";

/** A file that goes out with a call. */
export interface Upload {
  readonly source: Readable;
  readonly filename: string;
  /** In bytes. */
  readonly size: number;
}

/** Parameters of a call, as the Bot API names them. */
export type Payload = Readonly<Record<string, unknown>>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take, ms. @default the bound of every call */
  readonly timeoutMs?: number | undefined;
}

export interface BotApiOptions {
  readonly library: TelegrafLibrary;
  readonly token: string;
  /** Ends with a slash: telegraf drops the last part of a path without one. */
  readonly apiRoot: string;
  readonly agent?: Agent | undefined;
  /** How long an answer may take, ms. */
  readonly timeoutMs: number;
}

/**
 * The Bot API through telegraf, whose own client waits 500 s, tells the token in errors and forgets
 * objects that go along with a file.
 * @see https://core.telegram.org/bots/api
 */
export class BotApi {
  readonly native: Telegram;
  readonly apiRoot: string;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  #lastSeenAt: number | null = null;

  constructor({ library, token, apiRoot, agent, timeoutMs }: BotApiOptions) {
    this.native = new library.Telegram(token, { apiRoot, webhookReply: false });
    // telegraf drops the agent of an http root, and the proxy with it.
    if (agent) this.native.options.agent = agent;
    this.apiRoot = apiRoot;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
  }

  /** When it answered last, Unix ms; refusals count. */
  get lastSeenAt(): number | null {
    return this.#lastSeenAt;
  }

  /** Fires when no answer is wanted any more. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Where a file of `getFile` is. Holds the token: never logged, stored or thrown. */
  fileUrl(path: string): string {
    return new URL(`./file/bot${this.#token}/${path}`, this.apiRoot).href;
  }

  /** Takes the token out of a text. */
  redact(text: string): string {
    const secret = this.#token.slice(this.#token.indexOf(":") + 1);
    return text.replaceAll(this.#token, "[token]").replaceAll(secret, "[token]");
  }

  /** @throws BotApiError and nothing else */
  async call<Result>(
    method: string,
    payload: Payload = {},
    { signal, timeoutMs: wanted }: CallOptions = {},
  ): Promise<Result> {
    const ending = new AbortController();
    let why: "time" | "signal" | "upload" | null = null;
    const end = (reason: "time" | "signal" | "upload") => {
      why ??= reason;
      ending.abort();
    };
    const onAbort = () => end("signal");
    const uploads = uploadsOf(payload);
    const bytes = uploads.reduce((sum, { size }) => sum + size, 0);
    const timeoutMs = wanted ?? (uploads.length > 0 ? uploadTimeMs(bytes) : this.#timeoutMs);
    if (signal?.aborted || this.#closing.signal.aborted) {
      for (const { source } of uploads) source.destroy();
      throw aborted(method, "not_sent");
    }
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#closing.signal.addEventListener("abort", onAbort, { once: true });
    for (const { source } of uploads) source.once("error", () => end("upload"));
    const timer = setTimeout(() => end("time"), timeoutMs);
    try {
      const ready = uploads.length > 0 ? withoutObjects(payload) : payload;
      const result = await this.#request(method, ready, ending.signal);
      this.#lastSeenAt = Date.now();
      return result as Result;
    } catch (error) {
      // Frees the line of an answer that nobody reads to its end.
      ending.abort();
      if (why === "signal") throw aborted(method, "unknown");
      if (why !== null) throw noAnswer(method, why, timeoutMs);
      const failure = readFailure(method, error, (text) => this.redact(text));
      if (failure.failure.status !== null) this.#lastSeenAt = Date.now();
      throw failure;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#closing.signal.removeEventListener("abort", onAbort);
      for (const { source } of uploads) source.destroy();
    }
  }

  /** Ends every call; idempotent. */
  close(): void {
    this.#closing.abort();
  }

  /** telegraf's types are those of Bot API 7.1; its client passes on whatever it is given. */
  #request(method: string, payload: Payload, signal: AbortSignal): Promise<unknown> {
    const call = this.native.callApi.bind(this.native) as (
      method: string,
      payload: Payload,
      options: { readonly signal: AbortSignal },
    ) => Promise<unknown>;
    return call(method, { ...payload }, { signal });
  }
}

function aborted(method: string, outcome: "not_sent" | "unknown"): BotApiError {
  return new BotApiError({
    method,
    outcome,
    status: null,
    description: "the call was aborted",
    aborted: true,
  });
}

function noAnswer(method: string, why: "time" | "upload", timeoutMs: number): BotApiError {
  const description =
    why === "time" ? `no answer within ${timeoutMs} ms` : "the file could not be read to its end";
  // A file that is cut short is no message.
  const outcome = why === "time" ? "unknown" : "not_sent";
  return new BotApiError({ method, outcome, status: null, description });
}

function isUpload(value: unknown): value is Upload {
  return typeof value === "object" && value !== null && "source" in value;
}

function uploadsOf(payload: Payload): Upload[] {
  return Object.values(payload).flatMap((value) => {
    if (isUpload(value)) return [value];
    if (!Array.isArray(value)) return [];
    return value.flatMap(({ media }: { readonly media?: unknown }) =>
      isUpload(media) ? [media] : [],
    );
  });
}

/** In a form telegraf sends only some objects, and leaves the others out without a word. */
function withoutObjects(payload: Payload): Payload {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => {
      const isPlain = typeof value !== "object" || value === null || isUpload(value);
      return [name, isPlain || hasUploads(value) ? value : JSON.stringify(value)];
    }),
  );
}

function hasUploads(value: object): boolean {
  return uploadsOf({ value }).length > 0;
}
