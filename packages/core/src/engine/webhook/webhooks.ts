import type { WaitOptions } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { Journal } from "../journal/journal.ts";
import type { TaskHistory } from "../journal/task-history.ts";
import type { Worker } from "../journal/worker.ts";
import type { WorkerRunner } from "../journal/worker-runner.ts";
import type { Logger } from "../log/logger.ts";
import { GuardedClient } from "../net/guarded-client.ts";
import type { TargetRules } from "../net/target-rules.ts";
import { Deliveries } from "./deliveries.ts";
import type { MediaTeller } from "./told-media.ts";
import type { Webhook } from "./webhook.ts";
import { changeWebhook, disableWebhook, rotateSecret } from "./webhook-changes.ts";
import { WebhookClient } from "./webhook-client.ts";
import type { ParsedRotation, ParsedWebhookChanges, WebhookSettings } from "./webhook-input.ts";
import { type WebhookStore, webhookNotFound } from "./webhook-store.ts";
import { testWebhook, type WebhookTestResult } from "./webhook-test.ts";
import type { RotatedSecret } from "./webhook-view.ts";
import { WebhookWorker } from "./webhook-worker.ts";

export interface WebhooksOptions {
  readonly store: WebhookStore;
  readonly journal: Journal;
  readonly history: TaskHistory;
  readonly rules: TargetRules;
  /** The most deliveries a second that the operator allows to one webhook; 0 = no limit. */
  readonly maxPerSecond: number;
  readonly media: MediaTeller;
  /** Provider id of an instance. */
  providerOf(instanceId: string): string;
  loggerOf(instanceId: string): Logger;
  createRunner(worker: Worker): WorkerRunner;
}

/** The webhooks of the instances that this node runs, and what is delivered to them. */
export class Webhooks {
  readonly deliveries: Deliveries;
  readonly runner: WorkerRunner;
  readonly #options: WebhooksOptions;
  readonly #http: GuardedClient;
  readonly #client: WebhookClient;
  readonly #disabling = new Set<string>();

  constructor(options: WebhooksOptions) {
    const { store, journal, history, rules, maxPerSecond, createRunner } = options;
    this.#options = options;
    this.#http = new GuardedClient(rules);
    this.#client = new WebhookClient(this.#http);
    this.runner = createRunner(
      new WebhookWorker({
        webhooks: store,
        client: this.#client,
        maxPerSecond,
        media: options.media,
        providerOf: (instanceId) => options.providerOf(instanceId),
        onGone: (webhook) => this.#disable(webhook),
      }),
    );
    this.deliveries = new Deliveries({ journal, history, webhooks: store, runner: this.runner });
  }

  of(instanceId: string): readonly Webhook[] {
    return this.#options.store.of(instanceId);
  }

  /** @throws WEBHOOK_NOT_FOUND */
  get(instanceId: string, id: string): Webhook {
    const webhook = this.#options.store.get(id);
    if (webhook?.instanceId === instanceId) return webhook;
    throw webhookNotFound();
  }

  /**
   * Whether the operator lets a webhook be like that.
   * @throws WEBHOOK_TARGET_REFUSED, VALIDATION_FAILED when it asks for more a second
   */
  assertAllowed({ url, maxPerSecond }: ParsedWebhookChanges): void {
    const { rules, maxPerSecond: allowed } = this.#options;
    if (url !== undefined) rules.assertUrl(url);
    if (maxPerSecond == null || allowed === 0) return;
    if (maxPerSecond > 0 && maxPerSecond <= allowed) return;
    const message = `maxPerSecond: the operator allows 1 to ${allowed}`;
    const details = [{ field: "maxPerSecond", message: `may be 1 to ${allowed}` }];
    throw new OrquestaError("VALIDATION_FAILED", message, { details });
  }

  async add(instanceId: string, settings: WebhookSettings): Promise<Webhook> {
    this.assertAllowed(settings);
    return this.#options.store.add(instanceId, settings);
  }

  async update(id: string, changes: ParsedWebhookChanges): Promise<Webhook> {
    this.assertAllowed(changes);
    const { store } = this.#options;
    const changed = await store.change(id, (former) => changeWebhook(former, changes));
    this.runner.wake(id);
    return changed;
  }

  async remove(webhook: Webhook): Promise<void> {
    await this.#options.store.remove(webhook);
    // What waits for it is put aside by its next try.
    this.runner.wake(webhook.id);
  }

  async rotateSecret(id: string, rotation: ParsedRotation): Promise<RotatedSecret> {
    return rotateSecret(this.#options.store, id, rotation);
  }

  async test(webhook: Webhook, { signal }: WaitOptions): Promise<WebhookTestResult> {
    const provider = this.#options.providerOf(webhook.instanceId);
    return testWebhook(webhook, this.#client, provider, signal);
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  /** As https://www.standardwebhooks.com wants it of an endpoint that is gone. */
  #disable({ id, instanceId }: Webhook): void {
    if (this.#disabling.has(id)) return;
    this.#disabling.add(id);
    const logger = this.#options.loggerOf(instanceId);
    const reason = "the endpoint answered 410: it is gone";
    this.#options.store
      .change(id, (former) => disableWebhook(former, reason))
      .then(() => {
        logger.warn("a webhook was switched off", { webhookId: id, reason });
        this.runner.wake(id);
      })
      .catch((error: unknown) => {
        logger.warn("a webhook could not be switched off", { webhookId: id, error });
      })
      .finally(() => this.#disabling.delete(id));
  }
}
