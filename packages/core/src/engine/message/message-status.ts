/** How far a message of ours got. `unconfirmed`: the platform's answer was lost and asking again could send it twice. */
export type MessageStatus =
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "unconfirmed";

const RANK: Record<MessageStatus, number> = {
  queued: 0,
  sending: 1,
  unconfirmed: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
};

/** Receipts arrive in any order and more than once: a status only moves forward. */
export function statusesBefore(status: MessageStatus): MessageStatus[] {
  return MESSAGE_STATUSES.filter((other) => RANK[other] < RANK[status]);
}

export const MESSAGE_STATUSES: readonly MessageStatus[] = [
  "queued",
  "sending",
  "unconfirmed",
  "sent",
  "failed",
  "delivered",
  "read",
];
