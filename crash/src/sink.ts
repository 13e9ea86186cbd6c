import { createServer, type Server } from "node:http";

export interface Arrival {
  readonly account: string;
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly chatId: string | null;
    readonly data: { readonly message?: { readonly id: string } };
  };
}

/** The webhook endpoint of all accounts. */
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
        const account = new URL(incoming.url ?? "", "http://sink").searchParams.get("account");
        onArrival({ account: account ?? "", event: JSON.parse(Buffer.concat(chunks).toString()) });
        outgoing.end("ok", () => sink.onAnswered());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const sink = new Sink(server, `http://127.0.0.1:${port}/`);
    return sink;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
