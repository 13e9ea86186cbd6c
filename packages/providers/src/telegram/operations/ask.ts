import { type ErrorCode, OrquestaError } from "@orquesta/core";
import type { BotApi, Payload } from "../api/bot-api.ts";
import { failureOf } from "../api/bot-api-error.ts";

const NOT_THERE =
  /chat not found|user not found|PEER_ID_INVALID|bot is not a member|bot was kicked|group chat was deactivated/i;

export interface AskOptions {
  readonly signal: AbortSignal;
  /** What it means that Telegram does not know whom or what we ask about. */
  readonly notFound?: Extract<ErrorCode, "GROUP_NOT_FOUND" | "CONTACT_NOT_FOUND">;
  /** A refusal in these words says that it is done already. */
  readonly doneWhen?: RegExp;
}

/** @throws SESSION_CLOSED, OPERATION_REFUSED, PLATFORM_UNREACHABLE, `notFound` */
export async function ask<Result>(
  api: BotApi,
  method: string,
  payload: Payload,
  { signal, notFound, doneWhen }: AskOptions,
): Promise<Result | null> {
  try {
    return await api.call<Result>(method, payload, { signal });
  } catch (cause) {
    const failure = failureOf(cause);
    if (failure === null || failure.aborted) {
      throw new OrquestaError("SESSION_CLOSED", "the session is over", { cause });
    }
    const { description, outcome } = failure;
    if (outcome !== "refused") {
      const message = `Telegram was not reached: ${description}`;
      throw new OrquestaError("PLATFORM_UNREACHABLE", message, { cause });
    }
    if (doneWhen?.test(description)) return null;
    const isThere = notFound === undefined || !NOT_THERE.test(description);
    const code = isThere ? "OPERATION_REFUSED" : notFound;
    throw new OrquestaError(code, `Telegram refused: ${description}`, { cause });
  }
}

/** The same, where there is always an answer. */
export async function askFor<Result>(
  api: BotApi,
  method: string,
  payload: Payload,
  options: Omit<AskOptions, "doneWhen">,
): Promise<Result> {
  const result = await ask<Result>(api, method, payload, options);
  if (result === null) throw new OrquestaError("OPERATION_REFUSED", "Telegram answered nothing");
  return result;
}
