import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Fault, Faults } from "./faults.ts";
import type { MethodServices } from "./methods/call.ts";
import { runMethod } from "./methods/methods.ts";
import { ApiError } from "./wire/api-error.ts";
import type { Parameters } from "./wire/parameters.ts";
import { readParameters } from "./wire/request-body.ts";
import type { BotAccount } from "./world/bot-account.ts";

const DOWNLOAD = "download";

/** The HTTP side: `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export class BotApiDoor {
  readonly #server: Server;
  readonly #services: MethodServices;
  readonly #faults: Faults;
  readonly #polls = new Map<ServerResponse, number>();

  constructor(services: MethodServices, faults: Faults) {
    this.#services = services;
    this.#faults = faults;
    this.#server = createServer((request, response) => void this.#take(request, response));
    // A client on this machine that keeps its connection must not meet one that is being closed.
    this.#server.keepAliveTimeout = 60_000;
  }

  async listen(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening on TCP");
    const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
    return `http://${name}:${address.port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Breaks the connections of the long polls that wait. */
  cutPolls(botId: number | undefined): number {
    let cut = 0;
    for (const [response, owner] of this.#polls) {
      if (botId !== undefined && owner !== botId) continue;
      response.destroy();
      cut += 1;
    }
    return cut;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whoever goes away in the middle of a request is no error of ours.
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    try {
      await this.#route(request, response);
    } catch (error) {
      if (error instanceof ApiError) replyJson(response, error.code, error.body);
      else if (!response.destroyed && !request.destroyed) {
        replyJson(response, 500, new ApiError(500, "Internal Server Error").body);
      }
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const path = decodeURIComponent(url.pathname);
    const [, isFile, token, rest] = /^\/(file\/)?bot([^/]+)\/(.*)$/.exec(path) ?? [];
    // The address is wrong before there is any bot in it.
    if (token === undefined || rest === undefined || !/^\d+:[\w-]+$/.test(token)) {
      throw new ApiError(404, "Not Found");
    }
    const bot = this.#services.world.botByToken(token);
    if (!bot) throw new ApiError(401, "Unauthorized");
    const name = isFile ? DOWNLOAD : rest;
    const fault = this.#faults.take(name, bot.id);
    if (isFile) return this.#download(rest, response, fault);
    const parameters = await readParameters(request, url.searchParams);
    await this.#call(bot, name, parameters, response, fault);
  }

  async #call(
    bot: BotAccount,
    method: string,
    parameters: Parameters,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    let status = 200;
    let body: object = {};
    if (!fault || isHandled(fault)) {
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      const isPoll = method.toLowerCase() === "getupdates";
      if (isPoll) this.#polls.set(response, bot.id);
      try {
        const call = { ...this.#services, bot, parameters, gone: gone.signal };
        body = { ok: true, result: await runMethod(method, call) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        status = error.code;
        body = error.body;
      } finally {
        this.#polls.delete(response);
      }
    }
    const asked = fault?.kind === "error" ? fault.code : status;
    bot.calls.push({ method, parameters: parameters.values, status: asked });
    if (fault) await misbehave(fault, response, status, body);
    else replyJson(response, status, body);
  }

  async #download(path: string, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    if (fault && fault.kind !== "slow") return misbehave(fault, response, 200, {});
    const file = this.#services.world.files.byPath(path);
    if (!file) throw new ApiError(404, "Not Found");
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": file.bytes.length,
    });
    if (fault) await drip(response, file.bytes, fault.stepMs);
    else response.end(file.bytes);
  }
}

function isHandled(fault: Fault): boolean {
  return fault.kind === "slow" || fault.handled === true;
}

async function misbehave(
  fault: Fault,
  response: ServerResponse,
  status: number,
  body: object,
): Promise<void> {
  switch (fault.kind) {
    case "error": {
      const words =
        fault.description ?? (fault.code >= 500 ? "Internal Server Error" : "Bad Request");
      const parameters =
        fault.retryAfter === undefined ? undefined : { retry_after: fault.retryAfter };
      replyJson(response, fault.code, new ApiError(fault.code, words, parameters).body);
      return;
    }
    case "html":
      response.writeHead(fault.status, { "content-type": "text/html" });
      response.end(`<html><body><h1>${fault.status}</h1></body></html>`);
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "hang":
      return;
    case "slow":
      response.writeHead(status, { "content-type": "application/json" });
      await drip(response, Buffer.from(JSON.stringify(body)), fault.stepMs);
  }
}

/** Ten pieces, with a pause before each but the first. */
async function drip(response: ServerResponse, bytes: Buffer, stepMs: number): Promise<void> {
  const size = Math.max(1, Math.ceil(bytes.length / 10));
  for (let offset = 0; offset < bytes.length && !response.destroyed; offset += size) {
    if (offset > 0) await pause(response, stepMs);
    response.write(bytes.subarray(offset, offset + size));
  }
  response.end();
}

/** Ends early when the client goes away, so that closing leaves no timer. */
function pause(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      response.off("close", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    response.once("close", end);
  });
}

function replyJson(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": text.length });
  response.end(text);
}
