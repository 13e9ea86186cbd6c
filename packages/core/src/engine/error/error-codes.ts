/**
 * Every error code of Orquesta. `status` is the HTTP status that a dialect uses unless its document
 * says otherwise; `retryable` tells a caller whether the same call may succeed later, unchanged.
 */
export const ERROR_CODES = {
  VALIDATION_FAILED: { status: 400, retryable: false },
  PROVIDER_UNKNOWN: { status: 400, retryable: false },
  PROVIDER_LIBRARY_MISSING: { status: 500, retryable: false },
  CAPABILITY_MISSING: { status: 501, retryable: false },
  INSTANCE_NOT_FOUND: { status: 404, retryable: false },
  INSTANCE_NAME_TAKEN: { status: 409, retryable: false },
  INSTANCE_LIMIT_REACHED: { status: 403, retryable: false },
  INSTANCE_NOT_RUNNING: { status: 409, retryable: false },
  INSTANCE_KEY_NOT_FOUND: { status: 404, retryable: false },
  INSTANCE_KEY_CURRENT: { status: 409, retryable: false },
  CHALLENGE_UNAVAILABLE: { status: 409, retryable: true },
  MESSAGE_NOT_FOUND: { status: 404, retryable: false },
  IDEMPOTENCY_KEY_REUSED: { status: 409, retryable: false },
  SEND_REJECTED: { status: 502, retryable: false },
  SEND_OUTCOME_UNKNOWN: { status: 502, retryable: false },
  SESSION_CLOSED: { status: 503, retryable: true },
  SESSION_KEYS_UNREADABLE: { status: 500, retryable: false },
  FENCE_LOST: { status: 503, retryable: true },
  WEBHOOK_TARGET_REFUSED: { status: 400, retryable: false },
  WEBHOOK_NOT_FOUND: { status: 404, retryable: false },
  WEBHOOK_LIMIT_REACHED: { status: 409, retryable: false },
  WEBHOOK_DISABLED: { status: 409, retryable: false },
  WEBHOOK_NOT_VERIFIED: { status: 401, retryable: false },
  DELIVERY_NOT_FOUND: { status: 404, retryable: false },
  EVENTS_EXPIRED: { status: 410, retryable: false },
  CONSUMER_NAME_TAKEN: { status: 409, retryable: false },
  CONFIGURATION_INVALID: { status: 500, retryable: false },
  DATABASE_LOCKED: { status: 503, retryable: true },
  DATABASE_FAILED: { status: 503, retryable: true },
  BACKUP_INVALID: { status: 400, retryable: false },
  BACKUP_FAILED: { status: 500, retryable: true },
  MANAGER_CLOSED: { status: 503, retryable: true },
  TIMED_OUT: { status: 504, retryable: true },
  ABORTED: { status: 499, retryable: true },
  INTERNAL: { status: 500, retryable: false },
} as const satisfies Record<string, { readonly status: number; readonly retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;
