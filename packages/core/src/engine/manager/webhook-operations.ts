import type { WaitOptions } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import { parse } from "../error/parse.ts";
import {
  type DeliveryFilter,
  deliveryIdSchema,
  deliveryQuerySchema,
  type ReplayRange,
  replaySchema,
} from "../webhook/delivery-input.ts";
import type { DeliveryPage, DeliveryView } from "../webhook/delivery-view.ts";
import {
  rotationSchema,
  type SecretRotation,
  type WebhookChanges,
  type WebhookInput,
  webhookChangesSchema,
  webhookInputSchema,
} from "../webhook/webhook-input.ts";
import type { WebhookTestResult } from "../webhook/webhook-test.ts";
import {
  type NewWebhook,
  type RotatedSecret,
  toView,
  type WebhookView,
} from "../webhook/webhook-view.ts";
import type { Webhooks } from "../webhook/webhooks.ts";
import type { Engine } from "./engine.ts";

/**
 * `manager.webhooks`: where the events of an instance are posted, and what became of them. Changes hold
 * from the next try of every delivery on, also of those that wait already.
 *
 * Every operation may throw INSTANCE_NOT_FOUND, and FENCE_LOST where another node runs the instance;
 * those that name a webhook WEBHOOK_NOT_FOUND.
 */
export class WebhookOperations {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /** In the order in which they were added. */
  async list(instanceId: string): Promise<WebhookView[]> {
    const webhooks = await this.#webhooks(instanceId);
    return webhooks.of(instanceId).map(toView);
  }

  async get(instanceId: string, webhookId: string): Promise<WebhookView> {
    const webhooks = await this.#webhooks(instanceId);
    return toView(webhooks.get(instanceId, webhookId));
  }

  /**
   * Tells what is journaled from now on; `replay` tells what was before. A repeat adds another one.
   * @returns the webhook with its secret, which is not shown again
   * @throws VALIDATION_FAILED, WEBHOOK_TARGET_REFUSED, WEBHOOK_LIMIT_REACHED beyond 20
   */
  async add(instanceId: string, input: WebhookInput): Promise<NewWebhook> {
    const settings = parse(webhookInputSchema, input, "webhook");
    const webhooks = await this.#webhooks(instanceId);
    const webhook = await webhooks.add(instanceId, settings);
    return { ...toView(webhook), secret: webhook.credentials?.secrets[0]?.secret ?? "" };
  }

  /**
   * Changes what is given; `headers` replaces all of them. Switching it off puts aside what waits for it
   * as dead; `redeliverDead` takes that up again once it is on.
   * @throws VALIDATION_FAILED, WEBHOOK_TARGET_REFUSED: then nothing was changed
   */
  async update(
    instanceId: string,
    webhookId: string,
    changes: WebhookChanges,
  ): Promise<WebhookView> {
    const parsed = parse(webhookChangesSchema, changes, "webhook");
    const webhooks = await this.#webhooks(instanceId);
    const { id } = webhooks.get(instanceId, webhookId);
    return toView(await webhooks.update(id, parsed));
  }

  /** What waits for it ends as dead; its deliveries stay in the history. */
  async remove(instanceId: string, webhookId: string): Promise<void> {
    const webhooks = await this.#webhooks(instanceId);
    await webhooks.remove(webhooks.get(instanceId, webhookId));
  }

  /**
   * Signs with a new secret from now on, and for `overlapMs` with the former ones as well, so that the
   * receiver can be told without a delivery refused. Every call makes another one.
   * @returns the new secret, which is not shown again
   * @throws VALIDATION_FAILED
   */
  async rotateSecret(
    instanceId: string,
    webhookId: string,
    options: SecretRotation = {},
  ): Promise<RotatedSecret> {
    const rotation = parse(rotationSchema, options, "rotation");
    const webhooks = await this.#webhooks(instanceId);
    const { id } = webhooks.get(instanceId, webhookId);
    return webhooks.rotateSecret(id, rotation);
  }

  /**
   * Posts a marked test event now, once, signed like a delivery, whether the webhook is on or off. It is
   * in no journal and no history.
   */
  async test(
    instanceId: string,
    webhookId: string,
    wait: Pick<WaitOptions, "signal"> = {},
  ): Promise<WebhookTestResult> {
    const webhooks = await this.#webhooks(instanceId);
    return webhooks.test(webhooks.get(instanceId, webhookId), wait);
  }

  /** Newest first; `state: "dead"` lists the dead letters. @throws VALIDATION_FAILED */
  async deliveries(instanceId: string, filter: DeliveryFilter = {}): Promise<DeliveryPage> {
    const query = parse(deliveryQuerySchema, filter, "filter");
    const { deliveries } = await this.#webhooks(instanceId);
    return deliveries.list(instanceId, query);
  }

  /**
   * Tells the event of a delivery once more, with the same event id, as a new delivery behind those of
   * its chat that wait. One that waits itself is not doubled: it is tried at once.
   * @returns the new delivery, or the one that waits
   * @throws DELIVERY_NOT_FOUND, EVENTS_EXPIRED when its event is erased, WEBHOOK_DISABLED
   */
  async redeliver(instanceId: string, deliveryId: string): Promise<DeliveryView> {
    const id = deliveryIdSchema.safeParse(deliveryId);
    const { deliveries } = await this.#webhooks(instanceId);
    if (id.success) return deliveries.redeliver(instanceId, id.data);
    throw new OrquestaError("DELIVERY_NOT_FOUND", "the instance has no such delivery");
  }

  /**
   * Makes all dead deliveries of a webhook again, in their order; those whose event is erased stay dead.
   * @throws WEBHOOK_DISABLED; ABORTED, MANAGER_CLOSED, then those so far go out
   */
  async redeliverDead(
    instanceId: string,
    webhookId: string,
    wait: Pick<WaitOptions, "signal"> = {},
  ): Promise<{ readonly deliveries: number }> {
    const webhooks = await this.#webhooks(instanceId);
    const webhook = webhooks.get(instanceId, webhookId);
    const { longWork } = await this.#engine();
    const deliveries = await longWork.run(wait, (options) =>
      webhooks.deliveries.redeliverDead(webhook, options),
    );
    return { deliveries };
  }

  /**
   * Tells events from a number on again, as the webhook's filter and shape are now, with the same event
   * ids and in order per chat; new events are told meanwhile. Resolves when all are planned; they are in
   * the table and not in memory.
   * @throws VALIDATION_FAILED, WEBHOOK_DISABLED, EVENTS_EXPIRED when retention erased the first of them:
   *   then nothing is told; ABORTED, MANAGER_CLOSED, then those so far are
   */
  async replay(
    instanceId: string,
    webhookId: string,
    range: ReplayRange,
    wait: Pick<WaitOptions, "signal"> = {},
  ): Promise<{ readonly deliveries: number }> {
    const parsed = parse(replaySchema, range, "range");
    const webhooks = await this.#webhooks(instanceId);
    const webhook = webhooks.get(instanceId, webhookId);
    const { longWork } = await this.#engine();
    const deliveries = await longWork.run(wait, (options) =>
      webhooks.deliveries.replay(webhook, parsed, options),
    );
    return { deliveries };
  }

  async #webhooks(instanceId: string): Promise<Webhooks> {
    const engine = await this.#engine();
    // Only who runs an instance may change what it tells.
    await engine.fleet.get(instanceId);
    return engine.webhooks;
  }
}
