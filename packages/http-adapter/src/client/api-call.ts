import axios, { type AxiosResponse } from "axios";
import {
  type ClientErrorDetails,
  InstanceManagerClientError,
} from "./instance-manager-client-error.ts";

export interface CallOptions {
  /** Ends the wait with `ABORTED`; what the server has begun it may still finish. */
  readonly signal?: AbortSignal | undefined;
  /** How long the whole call may take. @default the client's */
  readonly timeoutMs?: number | undefined;
}

export interface ApiCall extends CallOptions {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * One of its own: what a program sets on axios itself is meant for other servers. Redirects are not
 * followed, because the key would go along to wherever they lead.
 */
const http = axios.create({
  maxRedirects: 0,
  maxContentLength: MAX_ANSWER_BYTES,
  responseType: "text",
  transformResponse: [],
  validateStatus: () => true,
});

/** Only the words of an error of axios: the rest of it holds the request, with its key and its body. */
function toCause(error: unknown): Error {
  if (!axios.isAxiosError(error)) return new Error("the request could not be made");
  return new Error([error.code, error.message].filter(Boolean).join(": "));
}

function toNetworkError(
  error: unknown,
  { url, signal, timeoutMs }: ApiCall,
  deadline: AbortSignal,
) {
  const none = { status: null, requestId: null };
  if (signal?.aborted) {
    return new InstanceManagerClientError("the call was aborted", { code: "ABORTED", ...none });
  }
  const { origin } = new URL(url);
  if (deadline.aborted) {
    const message = `${origin} did not answer within ${timeoutMs} ms`;
    return new InstanceManagerClientError(message, { code: "TIMED_OUT", ...none });
  }
  const cause = toCause(error);
  const message = `${origin} cannot be reached: ${cause.message}`;
  return new InstanceManagerClientError(message, { code: "UNREACHABLE", ...none, cause });
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toFields(details: unknown): NonNullable<ClientErrorDetails["fields"]> {
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail: unknown) =>
    isRecord(detail)
      ? [{ field: String(detail["field"]), message: String(detail["message"]) }]
      : [],
  );
}

function toAnswerError(
  response: AxiosResponse<unknown>,
  body: unknown,
): InstanceManagerClientError {
  const { status, headers } = response;
  const requestId = headers["x-request-id"];
  const known = { status, requestId: typeof requestId === "string" ? requestId : null };
  if (isRecord(body) && typeof body["code"] === "string" && typeof body["error"] === "string") {
    const { code, error: message, details } = body;
    return new InstanceManagerClientError(message, { code, ...known, fields: toFields(details) });
  }
  const what =
    status >= 300 && status < 400 ? "a redirect, which is not followed" : "no answer of its API";
  const message = `the server sent ${what} (status ${status}): is the base URL right?`;
  return new InstanceManagerClientError(message, { code: "ANSWER_UNREADABLE", ...known });
}

/**
 * Makes one call and gives the body of a success.
 * @throws InstanceManagerClientError
 */
export async function callApi(call: ApiCall): Promise<Readonly<Record<string, unknown>>> {
  const { method, url, headers, body, timeoutMs, signal } = call;
  const deadline = AbortSignal.timeout(timeoutMs);
  const response = await http
    .request<unknown>({
      method,
      url,
      headers,
      data: body,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    })
    .catch((error: unknown) => {
      throw toNetworkError(error, call, deadline);
    });
  const answer = parse(response.data);
  const isSuccess = response.status >= 200 && response.status < 300;
  if (isSuccess && isRecord(answer)) return answer;
  throw toAnswerError(response, answer);
}
