import { v7 as uuidv7 } from "uuid";
import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { Seal } from "../seal/seal.ts";
import { eventsOf } from "./event-filter.ts";
import { generateSigningSecret } from "./signing-secret.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Webhook } from "./webhook.ts";
import { MAX_WEBHOOKS, type WebhookSettings } from "./webhook-input.ts";
import { fromRow, toRow } from "./webhook-row.ts";

/** Webhooks of the instances that this node runs, in memory and in SQL. */
export class WebhookStore {
  readonly #database: Database;
  readonly #seal: Seal;
  readonly #byInstance = new Map<string, readonly Webhook[]>();
  readonly #byId = new Map<string, Webhook>();

  constructor(database: Database, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
  }

  /** In the order in which they were added. */
  of(instanceId: string): readonly Webhook[] {
    return this.#byInstance.get(instanceId) ?? [];
  }

  get(id: string): Webhook | undefined {
    return this.#byId.get(id);
  }

  /** Stores webhooks of a new instance in the caller's transaction; `load` remembers them. */
  async insert(
    tx: Transaction,
    instanceId: string,
    settings: readonly WebhookSettings[],
  ): Promise<void> {
    for (const one of settings) await this.#insert(tx, createWebhook(instanceId, one));
  }

  /** @throws WEBHOOK_LIMIT_REACHED, INSTANCE_NOT_FOUND when it was removed meanwhile: then nothing was added */
  async add(instanceId: string, settings: WebhookSettings): Promise<Webhook> {
    const webhook = createWebhook(instanceId, settings);
    await this.#database.write(async (tx) => {
      await assertExists(tx, instanceId);
      const { count } = await tx
        .selectFrom("webhook")
        .select((eb) => eb.fn.countAll<number | string>().as("count"))
        .where("instance_id", "=", instanceId)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MAX_WEBHOOKS) {
        throw new OrquestaError(
          "WEBHOOK_LIMIT_REACHED",
          `an instance has at most ${MAX_WEBHOOKS} webhooks`,
        );
      }
      await this.#insert(tx, webhook);
    });
    this.#remember(instanceId, [...this.of(instanceId), webhook]);
    return webhook;
  }

  /** Stores what `change` makes of it; the next delivery heeds it. @throws WEBHOOK_NOT_FOUND */
  async change(id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook> {
    const changed = await this.#database.write(async (tx) => {
      const row = await tx
        .selectFrom("webhook")
        .selectAll()
        .where("id", "=", id)
        .executeTakeFirst();
      if (!row) throw webhookNotFound();
      const former = fromRow(row, this.#seal);
      const next = { ...change(former), updatedAt: Date.now() };
      const { headers, secrets, ...rest } = toRow(next, this.#seal);
      // What cannot be opened today stays as it is: tomorrow the right secret may be configured.
      const isResealed = next.credentials !== former.credentials;
      await tx
        .updateTable("webhook")
        .set({ ...rest, ...(isResealed && { headers, secrets }) })
        .where("id", "=", id)
        .execute();
      return next;
    });
    const { instanceId } = changed;
    // Meanwhile it may have been removed, or its instance given up.
    if (this.#byId.has(id)) {
      this.#remember(
        instanceId,
        this.of(instanceId).map((one) => (one.id === id ? changed : one)),
      );
    }
    return changed;
  }

  /** A repeat changes nothing. */
  async remove({ id, instanceId }: Webhook): Promise<void> {
    await this.#database.write((tx) => tx.deleteFrom("webhook").where("id", "=", id).execute());
    this.#byId.delete(id);
    const left = this.of(instanceId).filter((one) => one.id !== id);
    if (this.#byInstance.has(instanceId)) this.#byInstance.set(instanceId, left);
  }

  async load(instanceIds: readonly string[]): Promise<void> {
    if (instanceIds.length === 0) return;
    const rows = await this.#database.queries
      .selectFrom("webhook")
      .selectAll()
      .where("instance_id", "in", instanceIds)
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    const webhooks = rows.map((row) => fromRow(row, this.#seal));
    for (const [instanceId, own] of Map.groupBy(webhooks, (one) => one.instanceId)) {
      this.#remember(instanceId, own);
    }
  }

  forget(instanceId: string): void {
    for (const { id } of this.of(instanceId)) this.#byId.delete(id);
    this.#byInstance.delete(instanceId);
  }

  async #insert(tx: Transaction, webhook: Webhook): Promise<void> {
    await tx.insertInto("webhook").values(toRow(webhook, this.#seal)).execute();
  }

  #remember(instanceId: string, webhooks: readonly Webhook[]): void {
    this.#byInstance.set(instanceId, webhooks);
    for (const webhook of webhooks) this.#byId.set(webhook.id, webhook);
  }
}

export function webhookNotFound(): OrquestaError {
  return new OrquestaError("WEBHOOK_NOT_FOUND", "the instance has no such webhook");
}

function createWebhook(
  instanceId: string,
  { secret = generateSigningSecret(), headers, events, ...settings }: WebhookSettings,
): Webhook {
  const now = Date.now();
  return {
    ...settings,
    id: uuidv7(),
    instanceId,
    credentials: { headers, secrets: [{ secret, validUntil: null }] },
    disabledReason: null,
    pace: new TokenBucket(),
    filter: events,
    events: eventsOf(events),
    createdAt: now,
    updatedAt: now,
  };
}

async function assertExists(tx: Transaction, instanceId: string): Promise<void> {
  const row = await tx
    .selectFrom("instance")
    .select("id")
    .where("id", "=", instanceId)
    .where("desired", "!=", "removed")
    .executeTakeFirst();
  if (!row) throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
}
