import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A real HTTP server that answers each path as a test says. */
export class WebOrigin implements AsyncDisposable {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor(answers: Readonly<Record<string, Answer>>) {
    this.#server = createServer((request, response) => {
      const path = request.url ?? "";
      this.asked.push(path);
      const answer = answers[path.replace(/\?.*$/, "")];
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
  }

  static async open(answers: Readonly<Record<string, Answer>>): Promise<WebOrigin> {
    const origin = new WebOrigin(answers);
    await new Promise<void>((resolve) => origin.#server.listen(0, "127.0.0.1", resolve));
    return origin;
  }

  url(path: string, host = "127.0.0.1"): string {
    // A server that listens on a port has such an address.
    return `http://${host}:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  get connections(): Promise<number> {
    return new Promise((resolve) => this.#server.getConnections((_, count) => resolve(count)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
