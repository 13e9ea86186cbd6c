import type { Transaction } from "../database/transaction.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import { statusesBefore } from "../message/message-status.ts";

type Receipt = JournalEvent<"message.updated">["data"];

/** Takes over what receipts say, in the transaction that journals them. */
export async function applyReceipts(
  tx: Transaction,
  instanceId: string,
  events: readonly JournalEvent[],
): Promise<void> {
  for (const event of events) {
    if (event.name === "message.updated") await apply(tx, instanceId, event.data);
  }
}

/** Takes over what is journaled behind an event about a message whose id was not known yet. */
export async function applyEarlyReceipts(
  tx: Transaction,
  instanceId: string,
  messageId: string,
  since: number,
): Promise<void> {
  const rows = await tx
    .selectFrom("event")
    .select("data")
    .where("instance_id", "=", instanceId)
    .where("number", ">", since)
    .where("name", "=", "message.updated")
    .orderBy("number")
    .execute();
  for (const { data } of rows) {
    // Written by the journal.
    const receipt = JSON.parse(data) as Receipt;
    if (receipt.messageId === messageId) await apply(tx, instanceId, receipt);
  }
}

/** Receipts come in any order: a status only moves forward. */
async function apply(
  tx: Transaction,
  instanceId: string,
  { messageId, status, error }: Receipt,
): Promise<void> {
  await tx
    .updateTable("outbox")
    .set({
      status,
      updated_at: Date.now(),
      ...(error && { error_code: error.code, error_message: error.message }),
    })
    .where("instance_id", "=", instanceId)
    .where("message_id", "=", messageId)
    .where("status", "in", statusesBefore(status))
    .execute();
}
