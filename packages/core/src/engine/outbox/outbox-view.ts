import type { MessageStatus } from "../message/message-status.ts";

/** A message of ours and how far it got. */
export interface OutboxView {
  readonly id: string;
  readonly instanceId: string;
  readonly chatId: string;
  /** The platform's id; with a `resend: "ambiguous"` provider null until it was sent. */
  readonly messageId: string | null;
  readonly status: MessageStatus;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: string;
  readonly sentAt: string | null;
  /** Whether the idempotency key had been used before: this is the result of that first call. */
  readonly repeated: boolean;
}
