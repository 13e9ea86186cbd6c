import type { MessageStatus } from "../message/message-status.ts";

/** A message of ours and how far it got. */
export interface OutboxView {
  readonly id: string;
  readonly instanceId: string;
  readonly chatId: string;
  /** What the platform knows it by; where the platform chooses the id, ours until it was sent. */
  readonly messageId: string;
  readonly status: MessageStatus;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: string;
  readonly sentAt: string | null;
  /** Whether the idempotency key had been used before: this is the result of that first call. */
  readonly repeated: boolean;
}
