import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import {
  type VerifiedWebhook,
  verifyWebhook,
  WebhookNotVerified,
} from "@orquesta/http-adapter/client";

/** What the server posts for a received message, as docs/http-api.md has it. */
export interface MessageWebhook {
  readonly instance_id: string;
  readonly message: {
    readonly id: string;
    readonly body: string;
    readonly chatId: string;
    readonly contact: string;
  };
}

export type WebhookHandler = (webhook: VerifiedWebhook<MessageWebhook>) => Promise<void>;

/** The endpoint of whoever uses Orquesta: takes webhooks that are signed, each once. */
export class WebhookReceiver {
  readonly url: string;
  /** Signs what comes; the server says it once, when the webhook is added. */
  secret = "";
  readonly #server: Server;
  readonly #seen = new Set<string>();
  readonly #handle: WebhookHandler;

  private constructor(server: Server, port: number, handle: WebhookHandler) {
    this.#server = server;
    this.#handle = handle;
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async open(handle: WebhookHandler): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const receiver = new WebhookReceiver(server, address.port, handle);
    server.on("request", async (request, response) => {
      response.writeHead(await receiver.#take(request)).end();
    });
    return receiver;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The status to answer: anything but 2xx makes the server try again later. */
  async #take(request: IncomingMessage): Promise<number> {
    try {
      const { secret } = this;
      const { headers } = request;
      const body = await text(request);
      const webhook = verifyWebhook<MessageWebhook>({ secret, headers, body });
      if (this.#seen.has(webhook.id)) return 204;
      await this.#handle(webhook);
      this.#seen.add(webhook.id);
      return 204;
    } catch (error) {
      return error instanceof WebhookNotVerified ? 401 : 500;
    }
  }
}
