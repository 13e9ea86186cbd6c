import { randomUUID } from "node:crypto";
import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { SECURITY_HEADERS } from "../security-headers.ts";

/** What can be wrong with a request before there is one that a dialect could answer. */
const REFUSALS = {
  BAD_REQUEST: { status: 400, error: "the request is not valid HTTP" },
  REQUEST_TIMEOUT: { status: 408, error: "the request did not arrive in time" },
  URI_TOO_LONG: { status: 414, error: "the request's URL is too long" },
  EXPECTATION_FAILED: { status: 417, error: "nothing but 100-continue can be expected" },
  HEADERS_TOO_LARGE: { status: 431, error: "the request's headers are too large or too many" },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Errors of Node's HTTP parser that are more than bad requests. */
const PARSER_ERRORS: Readonly<Record<string, RefusalCode>> = {
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
};

function describe(code: RefusalCode) {
  const { status, error } = REFUSALS[code];
  const body = JSON.stringify({ success: false, error, code });
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
    "x-request-id": randomUUID(),
    ...SECURITY_HEADERS,
  };
  return { status, headers, body };
}

/** Answers a request that was read, and ends the connection. */
export function refuse(outgoing: ServerResponse, code: RefusalCode): void {
  const { status, headers, body } = describe(code);
  outgoing.writeHead(status, headers).end(body);
}

/** Answers what could not be read, and ends the connection. */
export function refuseSocket(error: Error, socket: Duplex): void {
  const reason =
    "code" in error ? (PARSER_ERRORS[String(error.code)] ?? "BAD_REQUEST") : "BAD_REQUEST";
  const { status, headers, body } = describe(reason);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", ""].join("\r\n");
  socket.end(head + body, () => socket.destroy());
}
