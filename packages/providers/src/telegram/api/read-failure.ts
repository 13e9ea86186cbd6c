import { BotApiError, type BotApiFailure } from "./bot-api-error.ts";

/** Errors of the system that come before a request has left. */
const BEFORE_SENDING = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EPROTO",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

interface Answer {
  readonly error_code?: unknown;
  readonly description?: unknown;
  readonly parameters?: { readonly retry_after?: unknown; readonly migrate_to_chat_id?: unknown };
}

/** Reads what telegraf threw, and keeps of it only what is no secret. */
export function readFailure(
  method: string,
  error: unknown,
  redact: (text: string) => string,
): BotApiError {
  const answer = property(error, "response");
  if (isAnswer(answer)) return new BotApiError(readAnswer(method, answer, redact));
  const code = property(error, "code");
  const type = property(error, "type");
  if (type === "invalid-json") {
    return lost(method, "the answer was none of the Bot API: is there something in between?");
  }
  const message = error instanceof Error ? redact(error.message) : "unknown error";
  if (code === "PROXY_FAILED") {
    const description = message.replace(/^.*reason: /, "");
    return new BotApiError({
      method,
      outcome: "not_sent",
      status: null,
      description,
      proxyFailed: true,
    });
  }
  if (typeof code === "string" && BEFORE_SENDING.has(code)) {
    return new BotApiError({ method, outcome: "not_sent", status: null, description: message });
  }
  return lost(method, message);
}

function lost(method: string, description: string): BotApiError {
  return new BotApiError({ method, outcome: "unknown", status: null, description });
}

function readAnswer(
  method: string,
  { error_code, description, parameters }: Answer,
  redact: (text: string) => string,
): BotApiFailure {
  const status = typeof error_code === "number" ? error_code : null;
  const retryAfter = parameters?.retry_after;
  const migratedTo = parameters?.migrate_to_chat_id;
  return {
    method,
    status,
    outcome: status !== null && status >= 400 && status < 500 ? "refused" : "unknown",
    description: typeof description === "string" ? redact(description) : `status ${status}`,
    ...(typeof retryAfter === "number" && { retryAfterMs: retryAfter * 1000 }),
    ...(typeof migratedTo === "number" && { migratedTo }),
  };
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "error_code" in value;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
