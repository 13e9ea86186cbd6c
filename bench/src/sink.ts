import { createServer, type IncomingMessage, type Server } from "node:http";

export interface SinkOptions {
  /** Whether it answers at all. @default true */
  readonly answers?: boolean;
}

/** A webhook endpoint that counts. */
export class Sink {
  readonly #server: Server;
  readonly #port: number;
  #count = 0;
  /** Hears the ids of messages that arrive at `url`. */
  onArrival: ((messageId: string) => void) | null = null;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
  }

  static async listen({ answers = true }: SinkOptions = {}): Promise<Sink> {
    const server = createServer(async (incoming, outgoing) => {
      await sink.#take(incoming);
      if (answers) outgoing.end("ok");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const sink = new Sink(server, typeof address === "object" && address ? address.port : 0);
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Takes deliveries and tells nobody. */
  get silentUrl(): string {
    return `http://127.0.0.1:${this.#port}/silent`;
  }

  get count(): number {
    return this.#count;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(incoming: IncomingMessage): Promise<void> {
    let text = "";
    for await (const chunk of incoming) if (this.onArrival) text += chunk;
    this.#count += 1;
    if (!this.onArrival || incoming.url !== "/") return;
    this.onArrival(JSON.parse(text).message.id);
  }
}
