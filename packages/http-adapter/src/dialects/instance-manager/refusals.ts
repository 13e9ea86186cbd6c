import { z } from "@hono/zod-openapi";
import { type AnswerCode, type AnswerStatus, toAnswerStatus } from "./errors.ts";
import { errorSchema } from "./schemas/common.ts";

/** What every operation may answer besides its success; the failures among them are worth a repeat. */
const ALWAYS = [
  "UNAUTHORIZED",
  "VALIDATION_FAILED",
  "INTERNAL",
  "DATABASE_FAILED",
  "DATABASE_LOCKED",
  "FENCE_LOST",
  "MANAGER_CLOSED",
  "SESSION_CLOSED",
  "TIMED_OUT",
] as const satisfies readonly AnswerCode[];

/** What an operation that reads a body may answer besides. */
export const BODY_REFUSALS = [
  "INVALID_JSON",
  "UNSUPPORTED_MEDIA_TYPE",
  "PAYLOAD_TOO_LARGE",
] as const satisfies readonly AnswerCode[];

const DESCRIPTIONS: Record<AnswerStatus, string> = {
  400: "The request is wrong",
  401: "The key is missing or wrong",
  404: "There is no such thing, or the key does not open it",
  409: "The state of things forbids it",
  410: "It is no longer there",
  413: "The body is too large",
  429: "Too much at once",
  500: "The server failed",
  501: "The platform cannot do it",
};

function describeAnswer(status: AnswerStatus, codes: readonly AnswerCode[]) {
  const error = DESCRIPTIONS[status];
  const schema = errorSchema.extend({ code: z.enum(codes) });
  // The last one is the operation's own, where it has any.
  const example = { success: false as const, error, code: codes.at(-1) };
  const description = `${error}: ${codes.map((code) => `\`${code}\``).join(", ")}`;
  return { description, content: { "application/json": { schema, example } } };
}

export type RefusalAnswer = ReturnType<typeof describeAnswer>;
/** Those that every operation has; the others depend on its codes. */
export type RefusalAnswers = Readonly<Record<400 | 401 | 500, RefusalAnswer>>;

function describeAll(codes: readonly AnswerCode[], isAddition: boolean): RefusalAnswers {
  const all = [...new Set([...ALWAYS, ...codes])];
  const byStatus = Map.groupBy(all, (code) => toAnswerStatus(code, isAddition));
  const answerOf = (status: AnswerStatus) => describeAnswer(status, byStatus.get(status) ?? []);
  const rest = [...byStatus.keys()].map((status) => [status, answerOf(status)] as const);
  return {
    400: answerOf(400),
    401: answerOf(401),
    500: answerOf(500),
    ...Object.fromEntries(rest),
  };
}

/**
 * The error answers of a route that the document has, each with the codes it may say. `codes`: what
 * the operation may answer besides what every operation may. An answer with another code fails the
 * tests (see `conformance.ts`).
 */
export function refusals(...codes: readonly AnswerCode[]): RefusalAnswers {
  return describeAll(codes, false);
}

/** The same for a route that is our addition, which may answer with more statuses. */
export function additionRefusals(...codes: readonly AnswerCode[]): RefusalAnswers {
  return describeAll(codes, true);
}
