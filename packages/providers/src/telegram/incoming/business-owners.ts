import type { KeyChange, SessionKeys } from "@orquesta/core";
import type { BotApi } from "../api/bot-api.ts";
import type { BusinessConnection } from "../api/bot-api-types.ts";
import { readValue, toKey } from "../session-values.ts";

/** Other updates wait as long. */
const TIMEOUT_MS = 5_000;

export interface BusinessOwner {
  readonly id: number;
  /** To be kept along, when it was not known before. */
  readonly keys: readonly KeyChange[];
}

/** Who owns the accounts that the bot is connected to: what they write is not written to them. */
export class BusinessOwners {
  readonly #api: BotApi;
  readonly #keys: SessionKeys;

  constructor(api: BotApi, keys: SessionKeys) {
    this.#api = api;
    this.#keys = keys;
  }

  learn({ id, user }: BusinessConnection): KeyChange {
    return toKey("telegram-business", id, { ownerId: user.id });
  }

  /** Null when Telegram does not say. @throws SESSION_KEYS_UNREADABLE */
  async of(connectionId: string): Promise<BusinessOwner | null> {
    const known = await readValue(this.#keys, "telegram-business", connectionId);
    if (known) return { id: known.ownerId, keys: [] };
    try {
      const connection = await this.#api.call<BusinessConnection>(
        "getBusinessConnection",
        { business_connection_id: connectionId },
        { timeoutMs: TIMEOUT_MS },
      );
      return { id: connection.user.id, keys: [this.learn(connection)] };
    } catch {
      return null;
    }
  }
}
