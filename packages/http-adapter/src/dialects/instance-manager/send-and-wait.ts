import { randomUUID } from "node:crypto";
import type { OutgoingContent, WaitOptions } from "@orquesta/core";
import { isOrquestaError, type OutboxView } from "@orquesta/core";
import type { ManagerApi } from "../../manager-api.ts";

export interface SendRequest {
  readonly instanceId: string;
  readonly chatId: string;
  readonly content: OutgoingContent;
  readonly idempotencyKey: string | undefined;
}

/**
 * Sends a message and waits for the platform to take it. When that takes too long the message stays
 * owed, so the answer is what is known of it then, and not a failure.
 */
export async function sendAndWait(
  manager: ManagerApi,
  { instanceId, chatId, content, idempotencyKey }: SendRequest,
  wait: WaitOptions,
): Promise<OutboxView> {
  const startedAt = new Date().toISOString();
  // A key of our own finds the message again after a wait that ended without it.
  const options = { idempotencyKey: idempotencyKey ?? randomUUID() };
  try {
    return await manager.send(instanceId, chatId, content, { ...options, ...wait, until: "sent" });
  } catch (error) {
    if (!isOrquestaError(error, "TIMED_OUT")) throw error;
    const view = await manager.send(instanceId, chatId, content, options);
    return { ...view, repeated: view.createdAt < startedAt };
  }
}
