import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type WebSocket, WebSocketServer } from "ws";
import { PAGE_HTML, readPageFile } from "./page-files.ts";
import { createSelfSignedCertificate } from "./self-signed-certificate.ts";
import type { WebNetwork } from "./web-network.ts";

const HOST = "web.whatsapp.com";

/** Serves the page, its media, and the line between page and service, all of one origin. */
export class WebServer {
  readonly #network: WebNetwork;
  readonly #https: https.Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024 * 1024 });

  constructor(network: WebNetwork, onPage: (socket: WebSocket) => void) {
    this.#network = network;
    this.#https = https.createServer(createSelfSignedCertificate(HOST), (request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#https.on("upgrade", (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, onPage);
    });
  }

  /** @returns the port on loopback */
  async listen(): Promise<number> {
    this.#https.listen(0, "127.0.0.1");
    await once(this.#https, "listening");
    return (this.#https.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#https.closeAllConnections();
    await new Promise((resolve) => this.#https.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", `https://${HOST}`);
    if (pathname === "/") return void send(response, "text/html", PAGE_HTML);
    if (pathname.startsWith("/page/")) {
      const script = await readPageFile(pathname.slice("/page/".length));
      if (script !== null) return void send(response, "text/javascript", script);
    }
    if (pathname === "/media" && request.method === "POST") return this.#store(request, response);
    const { media: messages, pictures } = this.#network;
    const media = messages.get(pathname) ?? pictures.get(pathname);
    if (media) return void send(response, media.mimeType, media.bytes);
    response.writeHead(404).end();
  }

  async #store(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const mimeType = request.headers["content-type"] ?? "application/octet-stream";
    const directPath = `/media/${randomUUID()}`;
    this.#network.media.set(directPath, { bytes: await buffer(request), mimeType });
    send(response, "application/json", JSON.stringify({ directPath }));
  }
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
}
