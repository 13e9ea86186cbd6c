import { once } from "node:events";
import net, { type AddressInfo, type Server, type Socket } from "node:net";
import { ByteReader } from "./byte-reader.ts";
import { type ProxyCredentials, readConnect, readSocks } from "./proxy-handshakes.ts";

export interface TestProxyOptions {
  /** Without them everybody is let through. */
  readonly credentials?: ProxyCredentials;
  /** Where every tunnel leads, as `<host>:<port>`, for names that only the real world knows. @default where it asks to */
  readonly leadsTo?: string;
}

const SOCKS5 = 5;

/**
 * A proxy on this machine, on one port for CONNECT and SOCKS5, that counts what goes through it and
 * refuses when it is told to.
 */
export class TestProxy implements AsyncDisposable {
  /** Tunnels that were opened, as `<host>:<port>`, oldest first. */
  readonly tunnels: string[] = [];
  /** Requests that were turned away, whatever for. */
  refusals = 0;
  /** Refuse every tunnel, whoever asks. */
  isRefusing = false;
  /** Take connections and say nothing. */
  isSilent = false;
  readonly #server: Server;
  readonly #credentials: ProxyCredentials | null;
  readonly #leadsTo: URL | null;
  readonly #sockets = new Set<Socket>();

  private constructor({ credentials, leadsTo }: TestProxyOptions) {
    this.#credentials = credentials ?? null;
    this.#leadsTo = leadsTo === undefined ? null : new URL(`tcp://${leadsTo}`);
    this.#server = net.createServer((socket) => {
      this.#keep(socket);
      void this.#serve(socket);
    });
  }

  static async listen(options: TestProxyOptions = {}): Promise<TestProxy> {
    const proxy = new TestProxy(options);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** Its URL, with the credentials that it wants or with others. */
  url(protocol: "http" | "socks5", credentials = this.#credentials): string {
    const { port } = this.#server.address() as AddressInfo;
    const encoded = [credentials?.username, credentials?.password].map((part) =>
      encodeURIComponent(part ?? ""),
    );
    return `${protocol}://${credentials === null ? "" : `${encoded.join(":")}@`}127.0.0.1:${port}`;
  }

  /** Resets everything that goes through it. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(socket: Socket): Promise<void> {
    const reader = new ByteReader(socket);
    const first = await reader.take(1);
    if (first === null || this.isSilent) return;
    const read = first[0] === SOCKS5 ? readSocks : readConnect;
    const request = await read(socket, reader, this.#credentials);
    if (request === null || this.isRefusing) {
      this.refusals += 1;
      request?.refuse("not_allowed");
      socket.end();
      return;
    }
    const { hostname = request.host, port = request.port } = this.#leadsTo ?? {};
    const target = net.connect(Number(port), hostname);
    this.#keep(target);
    let isOpen = false;
    target.once("connect", () => {
      isOpen = true;
      this.tunnels.push(`${request.host}:${request.port}`);
      request.accept();
      socket.pipe(target).pipe(socket);
    });
    target.once("error", () => {
      if (!isOpen) request.refuse("unreachable");
      socket.end();
    });
    target.once("close", () => socket.end());
    socket.once("close", () => target.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
