import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { SignedRequest } from "./running-secret.ts";

export interface Arrival {
  readonly account: string;
  /** Null at the webhook without one. */
  readonly signed: SignedRequest | null;
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly chatId: string | null;
    readonly data: { readonly message?: { readonly id: string } };
  };
}

/** The endpoint of all webhooks. */
export class Sink {
  readonly #server: Server;
  readonly url: string;
  /** Called when the answer to a delivery has left. */
  onAnswered: () => void = () => {};

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async listen(onArrival: (arrival: Arrival) => void): Promise<Sink> {
    const server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const { pathname, searchParams } = new URL(incoming.url ?? "", "http://sink");
        const body = Buffer.concat(chunks).toString();
        onArrival({
          account: searchParams.get("account") ?? "",
          signed: pathname === "/signed" ? signedRequest(incoming.headers, body) : null,
          event: JSON.parse(body),
        });
        outgoing.end("ok", () => sink.onAnswered());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const sink = new Sink(server, `http://127.0.0.1:${port}`);
    return sink;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function signedRequest(headers: IncomingHttpHeaders, body: string): SignedRequest {
  const text = (name: string) => String(headers[name] ?? "");
  return {
    id: text("webhook-id"),
    timestamp: text("webhook-timestamp"),
    signature: text("webhook-signature"),
    body,
  };
}
