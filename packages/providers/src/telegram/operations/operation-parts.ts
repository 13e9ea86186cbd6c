import type { SessionContext } from "@orquesta/core";
import type { BotApi } from "../api/bot-api.ts";
import type { BotUser } from "../api/bot-api-types.ts";

/** What operations work with. */
export interface OperationParts {
  readonly api: BotApi;
  readonly context: SessionContext<unknown>;
  /** @throws SESSION_CLOSED */
  readonly me: () => BotUser;
  /** The chat that an address leads to by now. */
  readonly currentChat: (chatId: string) => Promise<string>;
}
