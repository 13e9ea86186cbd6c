import { assertNotAborted, type WaitOptions } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { Journal } from "../journal/journal.ts";
import type { TaskHistory } from "../journal/task-history.ts";
import type { WorkerRunner } from "../journal/worker-runner.ts";
import type { DeliveryQuery, ReplayRange } from "./delivery-input.ts";
import { type DeliveryPage, type DeliveryView, toDeliveryView } from "./delivery-view.ts";
import type { Webhook } from "./webhook.ts";
import { type WebhookStore, webhookNotFound } from "./webhook-store.ts";
import { isToldOf, taskFor } from "./webhook-worker.ts";

export interface DeliveriesOptions {
  readonly journal: Journal;
  readonly history: TaskHistory;
  readonly webhooks: WebhookStore;
  /** Runs the worker that posts. */
  readonly runner: WorkerRunner;
}

/** Planned in one transaction: other writers have their turn between two of them. */
const PIECE = 200;

/** What became of the deliveries of an instance, and how to make them again. */
export class Deliveries {
  readonly #options: DeliveriesOptions;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  async list(instanceId: string, query: DeliveryQuery): Promise<DeliveryPage> {
    const { webhookId, state, limit, cursor } = query;
    const { tasks, next } = await this.#options.history.page({
      instanceId,
      target: webhookId,
      state,
      limit,
      before: cursor,
    });
    return {
      deliveries: tasks.map(toDeliveryView),
      cursor: next === null ? null : String(next),
    };
  }

  /** @throws DELIVERY_NOT_FOUND, EVENTS_EXPIRED, WEBHOOK_NOT_FOUND, WEBHOOK_DISABLED */
  async redeliver(instanceId: string, id: number): Promise<DeliveryView> {
    const { history, webhooks, runner } = this.#options;
    const known = await history.find(instanceId, id);
    if (!known) throw deliveryNotFound();
    const webhook = webhooks.get(known.target);
    if (!webhook) throw webhookNotFound();
    assertEnabled(webhook);
    if (known.state === "pending") {
      runner.wake(known.target);
      return toDeliveryView(known);
    }
    const [added] = await runner.add(instanceId, async (tx) => {
      const task = await history.again(tx, instanceId, id);
      if (task) return [task];
      throw new OrquestaError("EVENTS_EXPIRED", "the event of this delivery is erased");
    });
    const view = added && (await history.find(instanceId, added.id));
    if (!view) throw deliveryNotFound();
    return toDeliveryView(view);
  }

  /** @returns how many go out again; those whose event is erased stay dead */
  async redeliverDead(webhook: Webhook, wait: WaitOptions): Promise<number> {
    assertEnabled(webhook);
    const { history } = this.#options;
    const { id: target, instanceId } = webhook;
    // Those that die again meanwhile are newer.
    const upTo = await history.lastDead(instanceId, target);
    let count = 0;
    let after: number | null = 0;
    while (after !== null && after < upTo) {
      const from: number = after;
      let last: number | null = null;
      const added = await this.#add(webhook, wait, async (tx) => {
        const piece = { instanceId, target, after: from, upTo, limit: PIECE };
        const again = await history.deadAgain(tx, piece);
        last = again.last;
        return again.tasks;
      });
      count += added;
      after = last;
    }
    return count;
  }

  /** @returns how many events are told again @throws EVENTS_EXPIRED, WEBHOOK_DISABLED */
  async replay(
    webhook: Webhook,
    { from, to = Number.MAX_SAFE_INTEGER }: ReplayRange,
    wait: WaitOptions,
  ): Promise<number> {
    assertEnabled(webhook);
    const { journal } = this.#options;
    const { instanceId } = webhook;
    const last = Math.min(to, await journal.lastNumber(instanceId));
    let count = 0;
    let number = from;
    while (number <= last) {
      const read = await journal.read(instanceId, number - 1, PIECE);
      if (read[0]?.number !== number) throw await this.#expired(instanceId, number);
      const events = read.filter((event) => event.number <= last);
      const tasks = events
        .filter((event) => isToldOf(webhook, event))
        .map((event) => taskFor(webhook.id, event));
      if (tasks.length > 0) count += await this.#add(webhook, wait, async () => tasks);
      number += events.length;
    }
    return count;
  }

  async #add(
    { id, instanceId }: Webhook,
    wait: WaitOptions,
    plan: Parameters<WorkerRunner["add"]>[1],
  ): Promise<number> {
    const { webhooks, runner } = this.#options;
    assertNotAborted("telling events again", wait);
    // It may have been changed since the last piece.
    const webhook = webhooks.get(id);
    if (!webhook) throw webhookNotFound();
    assertEnabled(webhook);
    const added = await runner.add(instanceId, plan);
    return added.length;
  }

  async #expired(instanceId: string, number: number): Promise<OrquestaError> {
    const first = await this.#options.journal.firstNumber(instanceId);
    const left = first === null ? "none is left" : `the first that is left is ${first}`;
    return new OrquestaError("EVENTS_EXPIRED", `event ${number} is erased; ${left}`);
  }
}

function assertEnabled({ enabled }: Webhook): void {
  if (enabled) return;
  throw new OrquestaError("WEBHOOK_DISABLED", "the webhook is switched off");
}

function deliveryNotFound(): OrquestaError {
  return new OrquestaError("DELIVERY_NOT_FOUND", "the instance has no such delivery");
}
