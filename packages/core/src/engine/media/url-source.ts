import { parse } from "content-disposition";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { GuardedClient } from "../net/guarded-client.ts";
import type { OpenedSource } from "./opened-source.ts";

type Response = Awaited<ReturnType<GuardedClient["request"]>>;

const MAX_REDIRECTS = 5;
const HEADERS_TIMEOUT_MS = 30_000;
/** Between two pieces of the body. */
const BODY_TIMEOUT_MS = 30_000;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Asks a URL for a medium; every address on the way is checked. The bytes are taken as they come, so
 * what was compressed for the way is refused instead of unpacked.
 * @throws MEDIA_TARGET_REFUSED, MEDIA_TOO_LARGE, MEDIA_UNREADABLE, what the connection throws
 */
export async function openUrl(
  http: GuardedClient,
  url: string,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<OpenedSource> {
  let place = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await ask(http, place, options.signal);
    const location = headerOf(response, "location");
    if (!REDIRECTS.includes(response.statusCode) || location === null) {
      try {
        return opened(response, place, options.maxBytes);
      } catch (error) {
        drop(response);
        throw error;
      }
    }
    drop(response);
    if (!URL.canParse(location, place)) throw unreadable("leads to an address that is none");
    place = new URL(location, place).href;
  }
  throw unreadable(`leads on more than ${MAX_REDIRECTS} times`);
}

function ask(http: GuardedClient, url: string, signal: AbortSignal): Promise<Response> {
  if (new URL(url).username !== "") throw unreadable("may hold no user name and password");
  return http.request(url, {
    method: "GET",
    signal,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "Orquesta" },
  });
}

function opened(response: Response, place: string, maxBytes: number): OpenedSource {
  const { statusCode, body } = response;
  if (statusCode !== 200) throw unreadable(`answered ${statusCode}`);
  const encoding = headerOf(response, "content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") throw unreadable(`answered with ${encoding} bytes`);
  if (Number(headerOf(response, "content-length") ?? 0) > maxBytes) {
    throw new OrquestaError("MEDIA_TOO_LARGE", `the medium has more than ${maxBytes} bytes`);
  }
  return {
    stream: body,
    fileName: fileNameOf(response) ?? lastPartOf(place),
    mimeType: headerOf(response, "content-type"),
  };
}

function fileNameOf(response: Response): string | null {
  const header = headerOf(response, "content-disposition");
  return header === null ? null : (parse(header).parameters["filename"] ?? null);
}

function lastPartOf(url: string): string | null {
  const part = new URL(url).pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(part) || null;
  } catch {
    return part;
  }
}

function headerOf({ headers }: Response, name: string): string | null {
  const value = headers[name];
  return (typeof value === "string" ? value : value?.[0]) ?? null;
}

/** An answer that is not read holds its connection. */
function drop({ body }: Response): void {
  body.on("error", () => {}).destroy();
}

function unreadable(what: string): OrquestaError {
  return new OrquestaError("MEDIA_UNREADABLE", `the URL of the medium ${what}`);
}
