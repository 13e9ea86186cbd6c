import type { MessageStatus } from "../message/message-status.ts";

/** Why a message stays queued although its instance is connected. */
export const WAITING_REASONS = ["new_chat_budget", "restriction"] as const;
/**
 * `new_chat_budget`: it would begin a chat, and the account has begun enough for now. `restriction`: the
 * platform forbids to begin chats, and another message tries whether it still does.
 */
export type WaitingReason = (typeof WAITING_REASONS)[number];

/** A message of ours and how far it got. */
export interface OutboxView {
  readonly id: string;
  readonly instanceId: string;
  readonly chatId: string;
  /** What the platform knows it by; where the platform chooses the id, ours until it was sent. */
  readonly messageId: string;
  readonly status: MessageStatus;
  /** Null unless something besides the connection keeps it queued. */
  readonly waitsFor: WaitingReason | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: string;
  readonly sentAt: string | null;
  /** Whether the idempotency key had been used before: this is the result of that first call. */
  readonly repeated: boolean;
}
