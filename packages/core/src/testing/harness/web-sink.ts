import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: unknown;
  readonly at: number;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Never answers. */
  readonly hang?: boolean;
}

type Behaviour = (received: Received) => Answer | Promise<Answer>;

/** A real HTTP server that remembers what it got. */
export class WebSink implements AsyncDisposable {
  readonly received: Received[] = [];
  answer: Behaviour;
  readonly #server: Server;

  private constructor(answer: Behaviour) {
    this.answer = answer;
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  static async open(answer: Behaviour = () => ({})): Promise<WebSink> {
    const sink = new WebSink(answer);
    await new Promise<void>((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    return sink;
  }

  get port(): number {
    // A server that listens on a port has such an address.
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = "/"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const text = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const received: Received = {
      path: request.url ?? "",
      method: request.method ?? "",
      headers,
      text,
      body: text === "" ? null : JSON.parse(text),
      at: Date.now(),
    };
    this.received.push(received);
    const { status = 200, headers: answered = {}, hang = false } = await this.answer(received);
    if (!hang) response.writeHead(status, answered).end();
  }
}
