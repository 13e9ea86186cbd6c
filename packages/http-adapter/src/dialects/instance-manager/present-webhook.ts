import type { DeliveryView, WebhookTestResult, WebhookView } from "@orquesta/core";

export function presentWebhook(view: WebhookView) {
  return {
    id: view.id,
    url: view.url,
    headers: { ...view.headers },
    enabled: view.enabled,
    disabled_reason: view.disabledReason,
    shape: view.shape,
    events: view.events && [...view.events],
    max_per_second: view.maxPerSecond,
    timeout_seconds: view.timeoutMs / 1000,
    media_base64: view.mediaBase64,
    signed: view.signed,
    created_at: view.createdAt,
    updated_at: view.updatedAt,
  };
}

export function presentDelivery(view: DeliveryView) {
  return {
    id: view.id,
    webhook_id: view.webhookId,
    event_id: view.eventId,
    event: view.event,
    event_number: view.eventNumber,
    state: view.state,
    attempts: view.attempts,
    error: view.error,
    last_status: view.lastStatus,
    duration_ms: view.durationMs,
    created_at: view.createdAt,
    next_attempt_at: view.nextAttemptAt,
    finished_at: view.finishedAt,
  };
}

export function presentTest({ ok, status, durationMs, error }: WebhookTestResult) {
  return { ok, status, duration_ms: durationMs, error };
}
