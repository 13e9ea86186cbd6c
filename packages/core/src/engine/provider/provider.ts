import type { Capabilities } from "./capabilities.ts";
import type { Session } from "./session.ts";
import type { SessionContext } from "./session-context.ts";

/**
 * A plugin that opens sessions on one platform library. Method syntax on purpose: a provider with
 * its own settings type stands in a `readonly Provider[]`, and the engine only ever hands it settings
 * that its own `parseSettings` returned.
 */
export interface Provider<Id extends string = string, Settings = unknown> {
  readonly id: Id;
  readonly capabilities: Capabilities;
  /** @throws VALIDATION_FAILED */
  parseSettings(input: unknown): Settings;
  /**
   * Asks the platform whether it takes these settings, such as a token, before an instance is created or
   * changed. Absent: nothing can be asked.
   * @throws VALIDATION_FAILED when it does not, PLATFORM_UNREACHABLE, PROXY_FAILED
   */
  verifySettings?(settings: Settings, signal: AbortSignal): Promise<void>;
  /**
   * Brings an address to the form of `chatId`: a phone number as people type it, or a platform id.
   * @throws VALIDATION_FAILED
   */
  parseChatId(input: string): string;
  /**
   * Whether a first message to this chat is one to somebody who may not expect it, which platforms
   * count. Absent: every chat is taken for one; groups and channels are none.
   */
  beginsChat?(chatId: string): boolean;
  /** A fresh message id in the platform's form. */
  createMessageId(): string;
  /**
   * Resolves when the session can be closed, not when it is connected: pairing takes minutes.
   * @throws PROVIDER_LIBRARY_MISSING, SESSION_KEYS_UNREADABLE
   */
  open(context: SessionContext<Settings>): Promise<Session>;
  /**
   * Erases what it keeps of an instance besides the session keys, such as a browser profile: the account
   * was logged out, or the instance removed. No session is open; may be repeated. Absent: it keeps nothing.
   */
  forget?(instanceId: string): Promise<void>;
}

/** Keeps the literal id and the settings type of a provider. */
export function defineProvider<const Id extends string, Settings>(
  provider: Provider<Id, Settings>,
): Provider<Id, Settings> {
  return provider;
}

export type SettingsOf<P> = P extends Provider<string, infer Settings> ? Settings : never;
