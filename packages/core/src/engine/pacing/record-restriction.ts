import type { Transaction } from "../database/transaction.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import { parseRestriction, restrictionAfter } from "./restriction.ts";

/** Writes down what events say about an account's restriction, in the transaction that journals them. */
export async function recordRestriction(
  tx: Transaction,
  instanceId: string,
  events: readonly JournalEvent[],
): Promise<void> {
  const about = events.filter(
    ({ name }) => name === "account.restricted" || name === "account.unrestricted",
  );
  if (about.length === 0) return;
  const row = await tx
    .selectFrom("instance")
    .select("restriction")
    .where("id", "=", instanceId)
    .executeTakeFirst();
  let restriction = parseRestriction(row?.restriction ?? null);
  for (const event of about) restriction = restrictionAfter(restriction, event);
  await tx
    .updateTable("instance")
    .set({ restriction: restriction && JSON.stringify(restriction) })
    .where("id", "=", instanceId)
    .execute();
}
