import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { parse } from "../error/parse.ts";
import type { Admission } from "../instance/admission.ts";
import { FIRST_FENCE } from "../instance/instance-store.ts";
import type { InstanceView } from "../instance/instance-view.ts";
import { pacingChangesSchema } from "../pacing/pacing.ts";
import type { ProviderRegistry } from "../provider/provider-registry.ts";
import { MAX_WEBHOOKS, webhookInputSchema } from "../webhook/webhook-input.ts";
import type { Engine } from "./engine.ts";
import { verifySettings } from "./verify-settings.ts";

export const createInstanceSchema = z.strictObject({
  provider: z.string().min(1).max(64),
  /** Unique in the company. @default the id */
  name: z.string().min(1).max(100).optional(),
  companyId: z.string().min(1).max(256).optional(),
  /** Parsed by the provider. */
  settings: z.unknown().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
  /** What differs from the pacing of the manager. */
  pacing: pacingChangesSchema.optional(),
  webhooks: z.array(webhookInputSchema).max(MAX_WEBHOOKS).default([]),
  /** Wants it running from the first moment, also when the process dies in the next one. */
  start: z.boolean().default(false),
});

export type CreateInstance = z.input<typeof createInstanceSchema>;

/** Who decides whether an instance may be created, and who runs it. */
export interface CreationRules {
  readonly providers: ProviderRegistry;
  readonly admission: Admission | null;
  readonly nodeId: string;
}

/** Checks everything first, then inserts the instance with its key and webhooks at once: `InstanceManager.create`. */
export async function createInstance(
  engine: Engine,
  { providers, admission, nodeId }: CreationRules,
  input: unknown,
): Promise<InstanceView> {
  const parsed = parse(createInstanceSchema, input, "instance");
  const { provider, companyId = null, metadata, webhooks, start, pacing = null } = parsed;
  const settings = providers.get(provider).parseSettings(parsed.settings ?? {});
  for (const webhook of webhooks) engine.webhooks.assertAllowed(webhook);
  await verifySettings(providers.get(provider), settings);
  const id = uuidv7();
  const { name = id } = parsed;
  const owner = { instanceId: id, fence: FIRST_FENCE };
  const { record, events } = await engine.database.write(async (tx) => {
    await admission?.mayCreate({ companyId, provider }, tx);
    const desired = start ? ("running" as const) : ("stopped" as const);
    const instance = { id, name, companyId, provider, settings, metadata, nodeId, desired, pacing };
    const created = await engine.store.insert(tx, instance);
    await engine.instanceKeys.create(tx, id);
    await engine.webhookStore.insert(tx, id, webhooks);
    const data = { provider, name };
    const first = await engine.journal.append(tx, owner, [{ name: "instance.created", data }]);
    return { record: created, events: first };
  });
  const supervisor = await engine.fleet.add(record);
  engine.journal.announce(events);
  if (start) await supervisor.resume();
  return supervisor.view();
}
