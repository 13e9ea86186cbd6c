import { type KeyChange, OrquestaError, type SessionKeys } from "@orquesta/core";

/** `<chat>|<message id>` → the page's own key of the message. */
const MESSAGE_TYPE = "whatsappweb-message";
const LIFETIME_MS = 30 * 86_400_000;

/**
 * What the page calls a message: it cannot be made of the chat and the id, as it names the sender too,
 * under the address that the chat had when the message was written.
 */
export class KnownMessages {
  readonly #keys: SessionKeys;

  constructor(keys: SessionKeys) {
    this.#keys = keys;
  }

  /** To be stored with what made the message known. */
  static note(chatId: string, messageId: string, serialized: string): KeyChange {
    return {
      type: MESSAGE_TYPE,
      id: `${chatId}|${messageId}`,
      value: Buffer.from(serialized),
      expiresAt: Date.now() + LIFETIME_MS,
    };
  }

  async find(chatId: string, messageId: string): Promise<string | null> {
    const id = `${chatId}|${messageId}`;
    const value = (await this.#keys.get(MESSAGE_TYPE, [id])).get(id);
    return value ? Buffer.from(value).toString("utf8") : null;
  }

  /** @throws SEND_REJECTED when no such message came or went within the last 30 days */
  async require(chatId: string, messageId: string): Promise<string> {
    const serialized = await this.find(chatId, messageId);
    if (serialized !== null) return serialized;
    throw new OrquestaError("SEND_REJECTED", "no such message is known in this chat");
  }
}
