import type { Socket } from "node:net";
import type { ByteReader } from "./byte-reader.ts";

export interface ProxyCredentials {
  readonly username: string;
  readonly password: string;
}

/** Where somebody wants to go, and how to tell them yes or no. */
export interface TunnelRequest {
  readonly host: string;
  readonly port: number;
  accept(): void;
  refuse(why: "not_allowed" | "unreachable"): void;
}

/** CONNECT with Basic credentials (RFC 9110, RFC 7617). Null: refused, or no request at all. */
export async function readConnect(
  socket: Socket,
  reader: ByteReader,
  credentials: ProxyCredentials | null,
): Promise<TunnelRequest | null> {
  const head = await reader.takeUntil("\r\n\r\n");
  const [, host, port] = /^ONNECT \[?([^\s\]]+)\]?:(\d+) HTTP\/1\.1\r\n/.exec(head ?? "") ?? [];
  const say = (status: string) => void socket.write(`HTTP/1.1 ${status}\r\n\r\n`);
  if (head === null || host === undefined) return null;
  if (credentials !== null) {
    const { username, password } = credentials;
    const expected = Buffer.from(`${username}:${password}`).toString("base64");
    const [, given] = /^proxy-authorization: Basic (.*)\r$/im.exec(head) ?? [];
    if (given !== expected) {
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="p"\r\nContent-Length: 0\r\n\r\n',
      );
      return null;
    }
  }
  return {
    host,
    port: Number(port),
    accept: () => say("200 Connection established"),
    refuse: (why) => say(why === "not_allowed" ? "403 Forbidden" : "502 Bad Gateway"),
  };
}

const NO_CREDENTIALS = 0;
const USER_PASSWORD = 2;
const NONE_ACCEPTABLE = 255;

/** SOCKS5 with user and password (RFC 1928, RFC 1929). Null: refused, or no request at all. */
export async function readSocks(
  socket: Socket,
  reader: ByteReader,
  credentials: ProxyCredentials | null,
): Promise<TunnelRequest | null> {
  const methods = await takeCounted(reader);
  const method = credentials === null ? NO_CREDENTIALS : USER_PASSWORD;
  if (!methods?.includes(method)) {
    socket.end(Buffer.from([5, NONE_ACCEPTABLE]));
    return null;
  }
  socket.write(Buffer.from([5, method]));
  if (credentials !== null && !(await isKnown(socket, reader, credentials))) return null;
  const [, command, , addressType] = (await reader.take(4)) ?? [];
  const host = await takeHost(reader, addressType);
  const port = (await reader.take(2))?.readUInt16BE();
  if (command !== 1 || host === null || port === undefined) return null;
  const say = (code: number) => void socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
  return {
    host,
    port,
    accept: () => say(0),
    refuse: (why) => say(why === "not_allowed" ? 2 : 4),
  };
}

async function isKnown(
  socket: Socket,
  reader: ByteReader,
  { username, password }: ProxyCredentials,
): Promise<boolean> {
  await reader.take(1);
  const given = [await takeCounted(reader), await takeCounted(reader)].map(String);
  const isRight = given[0] === username && given[1] === password;
  if (isRight) socket.write(Buffer.from([1, 0]));
  else socket.end(Buffer.from([1, 1]));
  return isRight;
}

/** A byte that says how many follow. */
async function takeCounted(reader: ByteReader): Promise<Buffer | null> {
  const length = (await reader.take(1))?.[0];
  return length === undefined ? null : length === 0 ? Buffer.alloc(0) : await reader.take(length);
}

async function takeHost(reader: ByteReader, type: number | undefined): Promise<string | null> {
  if (type === 1) return (await reader.take(4))?.join(".") ?? null;
  if (type === 3) return (await takeCounted(reader))?.toString("latin1") ?? null;
  if (type !== 4) return null;
  const bytes = await reader.take(16);
  return bytes?.toString("hex").match(/.{4}/g)?.join(":") ?? null;
}
