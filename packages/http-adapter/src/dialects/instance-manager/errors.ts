import { ERROR_CODES, type ErrorCode, type ErrorDetail, isOrquestaError } from "@orquesta/core";
import { HTTPException } from "hono/http-exception";
import { REQUEST_FAULTS, RequestFault, type RequestFaultCode } from "../../request-fault.ts";

/** What an answer may say in `code`. */
export type AnswerCode = ErrorCode | RequestFaultCode;
export type AnswerStatus = 400 | 401 | 404 | 409 | 410 | 413 | 429 | 500 | 501;

export interface ErrorBody {
  readonly success: false;
  readonly error: string;
  readonly code: string;
  readonly details?: readonly ErrorDetail[];
}

export interface ErrorAnswer {
  readonly status: AnswerStatus;
  readonly body: ErrorBody;
  /** Whether somebody should look at the cause: it is not told to the caller. */
  readonly isOurFault: boolean;
}

/** The document closes the list of codes of its routes; only routes that it does not have may use more. */
const DOCUMENTED = [400, 401, 404, 413, 500] as const;
const ADDITIONAL = [...DOCUMENTED, 409, 410, 429, 501] as const;

const STATUSES: Readonly<Record<AnswerCode, { readonly status: number }>> = {
  ...ERROR_CODES,
  ...REQUEST_FAULTS,
};

/** Where the document means another class of error than the status of the code suggests. */
const DOCUMENTED_STATUS: Partial<Record<AnswerCode, AnswerStatus>> = {
  CAPABILITY_MISSING: 400,
  MEDIA_TOO_LARGE: 400,
};

/** Engine words that callers of this dialect never wrote. */
const FIELD_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bwebhooks\.0\b/g, "api_webhook_schema"],
  [/\bsettings\b/g, "config"],
  [/\bcompanyId\b/g, "company_id"],
  [/\bchatId\b/g, "chat_id"],
  [/\boverlapMs\b/g, "overlap_seconds"],
  [/\bmaxPerSecond\b/g, "max_per_second"],
  [/\btimeoutMs\b/g, "timeout_seconds"],
  [/\bmediaBase64\b/g, "media_base64"],
  [/\bwebhookId\b/g, "webhook_id"],
  [/\bquoteMessageId\b/g, "quote_message_id"],
];

/** What a caller learns about a failure of ours: what to do, never why. */
const PUBLIC_MESSAGES: Partial<Record<ErrorCode, string>> = {
  DATABASE_FAILED: "the database did not answer; try again",
  DATABASE_LOCKED: "the database did not answer; try again",
  FENCE_LOST: "the instance moved to another node; try again",
  MEDIA_STORE_FAILED: "the medium could not be stored on the server; try again",
  FFMPEG_MISSING: "the server has no ffmpeg to make a voice note; send Ogg Opus",
  MANAGER_CLOSED: "the server is shutting down; try again",
  PLATFORM_UNREACHABLE: "the platform could not be reached; try again",
  PROXY_FAILED: "the proxy of the instance cannot be used",
  PROVIDER_LIBRARY_MISSING: "the library of this provider is not installed on the server",
  SESSION_CLOSED: "the session closed meanwhile; try again",
  SESSION_KEYS_UNREADABLE:
    "the stored session cannot be opened; the instance has to be paired again",
  TIMED_OUT: "the operation took too long; it may still finish",
};

function clamp(status: number, isAddition: boolean): AnswerStatus {
  const allowed: readonly AnswerStatus[] = isAddition ? ADDITIONAL : DOCUMENTED;
  const exact = allowed.find((candidate) => candidate === status);
  return exact ?? (status < 500 ? 400 : 500);
}

/** The status that a code is answered with. `isAddition`: the route is not in the document. */
export function toAnswerStatus(code: AnswerCode, isAddition: boolean): AnswerStatus {
  const own = isAddition ? undefined : DOCUMENTED_STATUS[code];
  return clamp(own ?? STATUSES[code].status, isAddition);
}

function inOwnWords(text: string): string {
  return FIELD_WORDS.reduce((words, [engineWord, own]) => words.replace(engineWord, own), text);
}

function describeEngineError(
  code: ErrorCode,
  message: string,
  details: readonly ErrorDetail[],
): ErrorBody {
  if (code === "INSTANCE_NOT_FOUND") return { success: false, error: "Instance not found", code };
  if (ERROR_CODES[code].status >= 500 && code !== "CAPABILITY_MISSING") {
    return { success: false, error: PUBLIC_MESSAGES[code] ?? "Internal server error", code };
  }
  const body = { success: false, error: inOwnWords(message), code } as const;
  if (details.length === 0) return body;
  return {
    ...body,
    details: details.map(({ field, message: text }) => ({
      field: inOwnWords(field),
      message: text,
    })),
  };
}

/** Hono's own refusals: it found the body unreadable before any of our code ran. */
function toFault(error: unknown): unknown {
  if (!(error instanceof HTTPException)) return error;
  if (error.status === 415) return new RequestFault("UNSUPPORTED_MEDIA_TYPE");
  if (error.status === 400) return new RequestFault("INVALID_JSON");
  return error;
}

/** Any failure in the dialect's shape. `isAddition`: the route is not in the document. */
export function toErrorAnswer(failure: unknown, isAddition: boolean): ErrorAnswer {
  const error = toFault(failure);
  if (error instanceof RequestFault) {
    const { code, message } = error;
    const status = toAnswerStatus(code, isAddition);
    return { status, body: { success: false, error: message, code }, isOurFault: false };
  }
  if (!isOrquestaError(error)) {
    const body = { success: false, error: "Internal server error", code: "INTERNAL" } as const;
    return { status: 500, body, isOurFault: true };
  }
  const status = toAnswerStatus(error.code, isAddition);
  const body = describeEngineError(error.code, error.message, error.details);
  return { status, body, isOurFault: status === 500 && error.code !== "MANAGER_CLOSED" };
}
