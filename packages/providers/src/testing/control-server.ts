import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  type ControlInput,
  ControlInputError,
  type ControlRoute,
  controlRoutes,
} from "./control-routes.ts";
import type { FakeWhatsApp } from "./fake-whatsapp.ts";
import { FakeWhatsAppError } from "./fake-whatsapp-error.ts";

const MAX_BODY_BYTES = 256 * 1_024;

export interface FakeWhatsAppControlOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** The default listens on this machine only. There is no password: keep it so. */
  readonly host?: string;
}

export interface FakeWhatsAppControl extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens an HTTP port with which any program can play the phones and peers of a fake WhatsApp. */
export async function startFakeWhatsAppControl(
  whatsapp: FakeWhatsApp,
  { port = 0, host = "127.0.0.1" }: FakeWhatsAppControlOptions = {},
): Promise<FakeWhatsAppControl> {
  const routes = controlRoutes(whatsapp);
  const server = createServer((request, response) => {
    void answer(routes, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closing;
  };
  return { url: urlOf(server), close, [Symbol.asyncDispose]: close };
}

async function answer(
  routes: readonly ControlRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const url = new URL(request.url ?? "/", "http://localhost");
  const route = routes.find(
    ({ method, path }) => method === request.method && path === url.pathname,
  );
  try {
    if (route) {
      const fields = route.method === "GET" ? url.searchParams : await readJson(request);
      reply(response, 200, { ok: true, ...(await route.run(inputOf(fields), gone.signal)) });
    } else if (url.pathname === "/" && request.method === "GET") {
      reply(response, 200, help(routes));
    } else {
      const message = `no route ${request.method} ${url.pathname}; GET / lists them`;
      reply(response, 404, { error: { code: "NO_ROUTE", message } });
    }
  } catch (error) {
    replyError(response, error);
  }
}

function help(routes: readonly ControlRoute[]): object {
  return {
    name: "fake WhatsApp control",
    usage: "POST takes a JSON object, GET takes query parameters; every answer is JSON.",
    routes: routes.map(({ method, path, takes, does }) => ({
      route: `${method} ${path}`,
      does,
      takes,
    })),
  };
}

function inputOf(fields: URLSearchParams | Readonly<Record<string, unknown>>): ControlInput {
  const get = (name: string): unknown =>
    fields instanceof URLSearchParams ? fields.get(name) : fields[name];
  const text = (name: string): string => {
    const value = get(name);
    // Phone numbers are often written as JSON numbers.
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
    if (typeof value === "string" && value !== "") return value;
    throw new ControlInputError(`"${name}" is missing or no text`);
  };
  return {
    text,
    optionalText: (name) =>
      get(name) === undefined || get(name) === null ? undefined : text(name),
    number(name) {
      const value = Number(get(name) ?? Number.NaN);
      if (Number.isInteger(value)) return value;
      throw new ControlInputError(`"${name}" is missing or no whole number`);
    },
  };
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BODY_BYTES) throw new ControlInputError("the body is too large");
    chunks.push(bytes);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    throw new ControlInputError("the body is no JSON");
  }
  throw new ControlInputError("the body must be a JSON object");
}

function replyError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ControlInputError) {
    reply(response, 400, { error: { code: "BAD_INPUT", message } });
  } else if (error instanceof FakeWhatsAppError) {
    reply(response, 400, { error: { code: error.code, message } });
  } else {
    reply(response, 500, { error: { code: "INTERNAL", message } });
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(`${JSON.stringify(body)}\n`);
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on TCP");
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
