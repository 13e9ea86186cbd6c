import type { KeyChange, Logger, SessionContext } from "@orquesta/core";
import type { BotApi } from "./api/bot-api.ts";
import type { BotUpdate } from "./api/bot-api-types.ts";
import type { ReadUpdate, UpdateReader } from "./incoming/update-reader.ts";

export interface UpdateIntakeParts {
  readonly context: Pick<SessionContext<unknown>, "commit" | "logger">;
  readonly api: BotApi;
  readonly reader: UpdateReader;
}

/** Makes updates durable, whichever way they came. */
export class UpdateIntake {
  readonly #parts: UpdateIntakeParts;

  constructor(parts: UpdateIntakeParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when all of it is on disk, in one commit; one update that cannot be read holds up no other.
   * @param keys what has to be stored along
   */
  async take(updates: readonly BotUpdate[], keys: readonly KeyChange[] = []): Promise<void> {
    const { context, api } = this.#parts;
    const read: ReadUpdate[] = [];
    for (const update of updates) read.push(await this.#read(update));
    const events = read.flatMap((one) => one.events);
    const changes = lastOfEach([...read.flatMap((one) => one.keys), ...keys]);
    if (events.length > 0 || changes.length > 0) await context.commit({ events, keys: changes });
    for (const { callbackId } of read) {
      if (callbackId !== undefined) answer(api, callbackId, context.logger);
    }
  }

  async #read(update: BotUpdate): Promise<ReadUpdate> {
    const { reader, context } = this.#parts;
    try {
      return await reader.read(update);
    } catch (error) {
      // Anything else is ours: a key that cannot be read, the session's end.
      if (!(error instanceof TypeError)) throw error;
      const kind = Object.keys(update).find((name) => name !== "update_id");
      context.logger.warn("an update could not be read", { kind, reason: error.message });
      return reader.readUnreadable(update);
    }
  }
}

/** Ends the waiting sign on the button. Nobody waits for it: when it is lost, the sign goes by itself. */
function answer(api: BotApi, callbackId: string, logger: Logger): void {
  api
    .call("answerCallbackQuery", { callback_query_id: callbackId })
    .catch((error: unknown) => logger.debug("a button was not answered", { error }));
}

/** A commit changes each key once. */
function lastOfEach(keys: readonly KeyChange[]): KeyChange[] {
  return [...new Map(keys.map((key) => [`${key.type}|${key.id}`, key])).values()];
}
