import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { toNodeListener } from "../mounts/node.ts";
import { createTestApi } from "../test-api.ts";
import { type HttpLimits, HttpListener } from "./http-listener.ts";

const SECURITY = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const HEAD = "Host: a\r\nConnection: close\r\nx-api-key: operator-key\r\n";
const POST = `POST /api/v1/instances HTTP/1.1\r\n${HEAD}`;
const JSON_TYPE = "Content-Type: application/json\r\n";

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The API behind a real socket. */
async function open(limits: HttpLimits = {}) {
  const { handler, manager } = createTestApi();
  const http = await HttpListener.open({ port: 0, host: "127.0.0.1" }, limits);
  http.serve(toNodeListener(handler));
  onTestFinished(() => http.close(0));
  return { http, manager };
}

function dial({ port }: HttpListener): Socket {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** What comes back until the server hangs up. */
async function hear(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  // The server may hang up while we still send.
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

function toAnswer(text: string): RawAnswer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = "", ...value] = line.split(": ");
      return [name.toLowerCase(), value.join(": ")];
    }),
  );
  return { status: Number(first.split(" ")[1]), headers, body: rest.join("\r\n\r\n") };
}

async function exchange(http: HttpListener, text: string): Promise<RawAnswer> {
  const socket = dial(http);
  const heard = hear(socket);
  socket.write(text, "latin1");
  return toAnswer(await heard);
}

describe("the front door", () => {
  it.each<[string, string, number, string]>([
    ["no HTTP", "hello\r\n\r\n", 400, "BAD_REQUEST"],
    ["a TLS greeting", "\x16\x03\x01\x00\xa5\x01\x00", 400, "BAD_REQUEST"],
    ["another version", `GET / HTTP/9.9\r\n${HEAD}\r\n`, 400, "BAD_REQUEST"],
    ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "BAD_REQUEST"],
    ["a host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "BAD_REQUEST"],
    ["a target that is none", `GET http://[ HTTP/1.1\r\n${HEAD}\r\n`, 400, "BAD_REQUEST"],
    ["a zero byte in a header", `GET / HTTP/1.1\r\n${HEAD}X: \0\r\n\r\n`, 400, "BAD_REQUEST"],
    ["a header on two lines", `GET / HTTP/1.1\r\n${HEAD}X: a\r\n b\r\n\r\n`, 400, "BAD_REQUEST"],
    ["two lengths", `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400, "BAD_REQUEST"],
    [
      "a length and chunks",
      `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      "BAD_REQUEST",
    ],
    [
      "large headers",
      `GET / HTTP/1.1\r\n${HEAD}X: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "HEADERS_TOO_LARGE",
    ],
    [
      "many headers",
      `GET / HTTP/1.1\r\n${HEAD}${"X: 1\r\n".repeat(98)}\r\n`,
      431,
      "HEADERS_TOO_LARGE",
    ],
    ["a long URL", `GET /${"x".repeat(8192)} HTTP/1.1\r\n${HEAD}\r\n`, 414, "URI_TOO_LONG"],
    ["an expectation", `${POST}Expect: tea\r\n\r\n`, 417, "EXPECTATION_FAILED"],
  ])("answers %s in words, and goes on", async (_, text, status, code) => {
    const { http } = await open();
    const answer = await exchange(http, text);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ success: false, error: expect.any(String), code });
    expect(answer.headers).toMatchObject({ ...SECURITY, connection: "close" });
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect((await exchange(http, `GET /api/health HTTP/1.1\r\n${HEAD}\r\n`)).status).toBe(200);
  });

  it.each([
    ["GET", "/api/health", 200],
    ["HEAD", "/api/health", 200],
    ["GET", "/nothing", 404],
    ["GET", "/api/v1/instances", 200],
    ["HEAD", "/api/v1/nothing", 404],
    ["OPTIONS", "/api/v1/instances", 404],
    ["PUT", "/api/v1/instances", 404],
    ["TRACE", "/api/v1/instances", 404],
    ["GET", "/api/v1/instances/%2e%2e%2f%00", 404],
    ["GET", "/api/v1/instances/%", 404],
  ])("S2-17 %s %s has a request id and the security headers", async (method, path, status) => {
    const { http } = await open();
    const answer = await exchange(http, `${method} ${path} HTTP/1.1\r\n${HEAD}\r\n`);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(SECURITY);
    expect(answer.headers["x-request-id"]).toBeTruthy();
    if (method === "HEAD") expect(answer.body).toBe("");
  });

  it("S2-17 says go on to who asks first, and reads the body then", async () => {
    const { http } = await open();
    const body = JSON.stringify({ company_id: "c", provider: "fake" });
    const socket = dial(http);
    const heard = hear(socket);
    const length = `Content-Length: ${body.length}\r\n`;
    socket.write(`${POST}${JSON_TYPE}${length}Expect: 100-continue\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    socket.write(body);
    expect(await heard).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  it("S2-17 stops reading a body in chunks that is too large", async () => {
    const { http, manager } = await open();
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const text = `${POST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`;
    const answer = await exchange(http, text);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    expect(await manager.list()).toEqual([]);
  });

  it("does not wait for headers or a body that never come", async () => {
    const { http } = await open({ headersTimeoutMs: 50, requestTimeoutMs: 100 });
    const answers = await Promise.all([
      exchange(http, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "),
      exchange(http, `${POST}${JSON_TYPE}Content-Length: 100\r\n\r\n{`),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(408);
      expect(JSON.parse(answer.body).code).toBe("REQUEST_TIMEOUT");
    }
    expect((await exchange(http, `GET /api/health HTTP/1.1\r\n${HEAD}\r\n`)).status).toBe(200);
  });

  it("cuts connections beyond MAX_CONNECTIONS, and takes others when one has ended", async () => {
    const { http } = await open({ maxConnections: 1 });
    const first = dial(http);
    await new Promise((resolve) => first.once("connect", resolve));
    const request = `GET /api/health HTTP/1.1\r\n${HEAD}\r\n`;
    expect((await exchange(http, request)).status).toBeNaN();
    first.destroy();
    await expect.poll(async () => (await exchange(http, request)).status).toBe(200);
  });

  it("does not break an answer that is on its way for what comes behind it", async () => {
    const http = await HttpListener.open({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => http.close(0));
    const arrived = Promise.withResolvers<void>();
    http.serve(async (_, outgoing) => {
      outgoing.write("half");
      arrived.resolve();
    });
    const socket = dial(http);
    const heard = hear(socket);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await arrived.promise;
    socket.write("garbage\r\n\r\n");
    expect(await heard).not.toContain("BAD_REQUEST");
  });
});
