import { randomUUID } from "node:crypto";
import {
  type CreateInstance,
  type InstanceView,
  OrquestaError,
  type OutboxView,
  type PairingChallenge,
  waitFor,
} from "@orquesta/core";
import type { ManagerApi } from "../manager-api.ts";

interface Kept {
  view: InstanceView;
  key: string;
  usageCount: number;
  challenge: PromiseWithResolvers<PairingChallenge>;
  messages: Map<string, OutboxView>;
}

/** Stands in for the engine until it lands. */
export class MemoryManager implements ManagerApi {
  readonly instances = new Map<string, Kept>();
  readonly created: CreateInstance[] = [];
  failure: Error | null = null;

  #find(id: string): Kept {
    if (this.failure) throw this.failure;
    const kept = this.instances.get(id);
    if (kept) return kept;
    throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
  }

  change(id: string, change: Partial<InstanceView>): InstanceView {
    const kept = this.#find(id);
    kept.view = { ...kept.view, ...change };
    return kept.view;
  }

  async create(input: CreateInstance): Promise<InstanceView> {
    if (this.failure) throw this.failure;
    if (input.provider !== "fake") {
      throw new OrquestaError(
        "PROVIDER_UNKNOWN",
        `provider "${input.provider}" is not known here; there is fake`,
      );
    }
    if (input.webhooks?.some(({ url }) => url.includes("169.254"))) {
      throw new OrquestaError("WEBHOOK_TARGET_REFUSED", "the webhook URL is refused");
    }
    const companyId = input.companyId ?? null;
    const others = [...this.instances.values()].filter(({ view }) => view.companyId === companyId);
    if (others.length >= 10) throw new OrquestaError("INSTANCE_LIMIT_REACHED", "limit reached");
    this.created.push(input);
    const now = new Date().toISOString();
    const id = randomUUID();
    const view: InstanceView = {
      id,
      name: id,
      companyId,
      provider: input.provider,
      status: "created",
      reason: null,
      desired: "stopped",
      paired: false,
      account: null,
      lastSeenAt: null,
      metadata: input.metadata ?? {},
      createdAt: now,
      updatedAt: now,
    };
    const challenge = Promise.withResolvers<PairingChallenge>();
    this.instances.set(id, {
      view,
      key: `key-${id}`,
      usageCount: 0,
      challenge,
      messages: new Map(),
    });
    return view;
  }

  async get(id: string): Promise<InstanceView> {
    return this.#find(id).view;
  }

  async list({ companyId }: { readonly companyId?: string } = {}): Promise<InstanceView[]> {
    const views = [...this.instances.values()].map(({ view }) => view);
    return views.filter((view) => companyId === undefined || view.companyId === companyId);
  }

  async start(id: string): Promise<InstanceView> {
    return this.change(id, { status: "starting", desired: "running" });
  }

  async stop(id: string): Promise<InstanceView> {
    return this.change(id, { status: "stopped", desired: "stopped", reason: "requested" });
  }

  async restart(id: string): Promise<InstanceView> {
    return this.start(id);
  }

  async remove(id: string): Promise<void> {
    this.#find(id);
    this.instances.delete(id);
  }

  async send(
    id: string,
    chatId: string,
    _content: unknown,
    { idempotencyKey }: { readonly idempotencyKey?: string } = {},
  ): Promise<OutboxView> {
    const { messages } = this.#find(id);
    const known = messages.get(idempotencyKey ?? "");
    if (known) return { ...known, repeated: true };
    const now = new Date().toISOString();
    const message: OutboxView = {
      id: randomUUID(),
      instanceId: id,
      chatId,
      messageId: "M1",
      status: "sent",
      error: null,
      createdAt: now,
      sentAt: now,
      repeated: false,
    };
    messages.set(idempotencyKey ?? message.id, message);
    return message;
  }

  async message(id: string, outboxId: string): Promise<OutboxView> {
    const message = [...this.#find(id).messages.values()].find((known) => known.id === outboxId);
    if (message) return message;
    throw new OrquestaError("MESSAGE_NOT_FOUND", "there is no such message");
  }

  async challenge(id: string, wait = {}): Promise<PairingChallenge> {
    return waitFor(this.#find(id).challenge.promise, "waiting for a QR code", wait);
  }

  async logs(id: string, { tail = 100 } = {}) {
    this.#find(id);
    const at = new Date().toISOString();
    const line = { at, level: "info" as const, message: "session opened", source: "supervisor" };
    return { lines: Array.from({ length: Math.min(3, tail) }, () => line), total: 3 };
  }

  async instanceKey(id: string) {
    const { key, usageCount, view } = this.#find(id);
    return { key, generatedAt: view.createdAt, lastUsedAt: null, usageCount };
  }

  async authenticate(key: string): Promise<string | null> {
    for (const kept of this.instances.values()) {
      if (kept.key !== key) continue;
      kept.usageCount += 1;
      return kept.view.id;
    }
    return null;
  }

  async checkHealth(): Promise<void> {
    if (this.failure) throw this.failure;
  }
}
