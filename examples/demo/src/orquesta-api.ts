import { setTimeout as pause } from "node:timers/promises";

/** What the answers of the HTTP API hold, as far as the demo looks. */
interface Answer {
  readonly success: boolean;
  readonly error?: string;
  readonly instance_id: string;
  readonly data: {
    readonly url: string;
    readonly status: string;
    readonly secret: string;
  };
}

const POLL_MS = 50;

/** The HTTP API of the server, as any program calls it. */
export class OrquestaApi {
  readonly key: string;
  readonly #baseUrl: () => string;

  constructor(baseUrl: () => string, key: string) {
    this.#baseUrl = baseUrl;
    this.key = key;
  }

  get url(): string {
    return `${this.#baseUrl()}/api/v1`;
  }

  /** @throws when it does not answer with success */
  async call(
    method: "GET" | "POST",
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { "x-api-key": this.key, "content-type": "application/json", ...headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const answer = (await response.json()) as Answer;
    if (response.ok && answer.success) return answer;
    throw new Error(`${method} ${path} answered ${response.status}: ${answer.error}`);
  }

  /** Resolves when the instance is connected. */
  async connected(id: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { data } = await this.call("GET", `/instances/${id}`);
      if (data.status === "client_ready") return;
      await pause(POLL_MS, undefined, { signal });
    }
  }
}
