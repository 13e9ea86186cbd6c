import { v7 as uuidv7 } from "uuid";
import type { Database } from "../database/database.ts";
import type { WebhookRow } from "../database/schema.ts";
import type { Transaction } from "../database/transaction.ts";
import type { Seal } from "../seal/seal.ts";
import type { Webhook } from "./webhook.ts";
import { WEBHOOK_SHAPES, type WebhookSettings } from "./webhook-input.ts";

/** Webhooks of the instances that this node runs, in memory and in SQL. */
export class WebhookStore {
  readonly #database: Database;
  readonly #seal: Seal;
  readonly #byInstance = new Map<string, Webhook[]>();
  readonly #byId = new Map<string, Webhook>();

  constructor(database: Database, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
  }

  of(instanceId: string): readonly Webhook[] {
    return this.#byInstance.get(instanceId) ?? [];
  }

  get(id: string): Webhook | undefined {
    return this.#byId.get(id);
  }

  /** Stores webhooks in the caller's transaction; `remember` them once it is committed. */
  async insert(
    tx: Transaction,
    instanceId: string,
    settings: readonly WebhookSettings[],
  ): Promise<Webhook[]> {
    const webhooks = settings.map((one) => ({ ...one, id: uuidv7(), instanceId }));
    for (const { id, url, headers, enabled, shape } of webhooks) {
      await tx
        .insertInto("webhook")
        .values({
          id,
          instance_id: instanceId,
          url,
          headers: this.#seal.sealText(JSON.stringify(headers), placeOf(id)),
          enabled: enabled ? 1 : 0,
          shape,
          created_at: Date.now(),
        })
        .execute();
    }
    return webhooks;
  }

  remember(webhooks: readonly Webhook[]): void {
    for (const webhook of webhooks) {
      this.#byId.set(webhook.id, webhook);
      const known = this.#byInstance.get(webhook.instanceId);
      if (known) known.push(webhook);
      else this.#byInstance.set(webhook.instanceId, [webhook]);
    }
  }

  async load(instanceIds: readonly string[]): Promise<void> {
    if (instanceIds.length === 0) return;
    const rows = await this.#database.queries
      .selectFrom("webhook")
      .selectAll()
      .where("instance_id", "in", instanceIds)
      .orderBy("created_at")
      .execute();
    this.remember(
      rows.map((row) => ({
        id: row.id,
        instanceId: row.instance_id,
        url: row.url,
        headers: this.#openHeaders(row),
        enabled: row.enabled === 1,
        shape: WEBHOOK_SHAPES.find((shape) => shape === row.shape) ?? "orquesta",
      })),
    );
  }

  /** One that cannot be opened is no reason to stop the others. */
  #openHeaders({ id, headers }: WebhookRow): Webhook["headers"] {
    try {
      return JSON.parse(this.#seal.openText(headers, placeOf(id)));
    } catch {
      return null;
    }
  }

  forget(instanceId: string): void {
    for (const { id } of this.of(instanceId)) this.#byId.delete(id);
    this.#byInstance.delete(instanceId);
  }
}

function placeOf(id: string): string {
  return `webhook/${id}/headers`;
}
