import type { KeyChange, SessionKeys } from "@orquesta/core";

const DAY_MS = 86_400_000;
/** Messages are opened, answered and voted on for so long. */
const KEPT_MS = 90 * DAY_MS;

/** What a session has to know later, by type of its key. */
export interface SessionValues {
  /** Id: the bot's. The next update to ask for. */
  readonly "telegram-offset": { readonly offset: number };
  /** Id: the medium's. */
  readonly "telegram-media": { readonly fileId: string };
  /** Id: Telegram's of the poll. */
  readonly "telegram-poll": {
    readonly chatId: string;
    readonly messageId: string;
    readonly options: readonly string[];
  };
  /** Id: what stands in a button in the place of an id that does not fit. */
  readonly "telegram-choice": { readonly id: string };
  /** Id: that of the group before it became a supergroup. */
  readonly "telegram-migration": { readonly chatId: string };
  /** Id: of the business connection. */
  readonly "telegram-business": { readonly ownerId: number };
  /** Id: of the chat of a business account. What came last from its customer. */
  readonly "telegram-newest": { readonly messageId: string };
  /** Id: the bot's. */
  readonly "telegram-webhook": { readonly secret: string };
}

export type SessionValueType = keyof SessionValues;

/** Kept as long as the session itself. */
const KEPT_FOR_EVER: readonly SessionValueType[] = [
  "telegram-offset",
  "telegram-migration",
  "telegram-business",
  "telegram-webhook",
];

export function toKey<Type extends SessionValueType>(
  type: Type,
  id: string,
  value: SessionValues[Type],
): KeyChange {
  const key = { type, id, value: Buffer.from(JSON.stringify(value)) };
  return KEPT_FOR_EVER.includes(type) ? key : { ...key, expiresAt: Date.now() + KEPT_MS };
}

/** @throws SESSION_KEYS_UNREADABLE */
export async function readValue<Type extends SessionValueType>(
  keys: SessionKeys,
  type: Type,
  id: string,
): Promise<SessionValues[Type] | null> {
  const value = (await keys.get(type, [id])).get(id);
  // Bridge: only `toKey` writes these.
  return value ? (JSON.parse(Buffer.from(value).toString()) as SessionValues[Type]) : null;
}
