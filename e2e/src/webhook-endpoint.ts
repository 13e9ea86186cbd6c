import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { pollUntil } from "./poll-until.ts";

export interface Delivery {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Takes every webhook and answers 200. */
export class WebhookEndpoint implements AsyncDisposable {
  readonly deliveries: Delivery[] = [];
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}/hook`;
  }

  static async open(): Promise<WebhookEndpoint> {
    const opened = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(Buffer.from(chunk));
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        const { method, url: path, headers } = request;
        endpoint.deliveries.push({ method, path, headers, body });
        response.end();
      })();
    });
    server.once("error", opened.reject);
    server.listen(0, "127.0.0.1", opened.resolve);
    await opened.promise;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const endpoint = new WebhookEndpoint(server, address.port);
    return endpoint;
  }

  /** The first delivery, now or later, whose body mentions a text. */
  deliveryOf(text: string): Promise<Delivery> {
    return pollUntil(`a webhook with "${text}"`, () =>
      this.deliveries.find(({ body }) => JSON.stringify(body).includes(JSON.stringify(text))),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    this.#server.closeAllConnections();
    await closed.promise;
  }
}
