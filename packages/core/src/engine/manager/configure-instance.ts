import { z } from "zod";
import { parse } from "../error/parse.ts";
import type { InstanceView } from "../instance/instance-view.ts";
import { type PacingChanges, pacingChangesSchema } from "../pacing/pacing.ts";
import { changeInstancePacing } from "./change-pacing.ts";
import type { Engine } from "./engine.ts";
import { verifySettings } from "./verify-settings.ts";

const changesSchema = z.strictObject({
  settings: z.record(z.string(), z.unknown()).optional(),
  pacing: pacingChangesSchema.nullable().optional(),
});

export interface InstanceChanges {
  /** Settings of the provider that become different; the others stay. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Pacing that becomes different; the rest stays. null: as the manager has it. */
  readonly pacing?: PacingChanges | null;
}

/** Changes an instance, running or not: `InstanceManager.configure`. */
export async function configureInstance(
  engine: Engine,
  instanceId: string,
  input: InstanceChanges,
): Promise<InstanceView> {
  const { settings: changes, pacing } = parse(changesSchema, input, "change");
  const supervisor = await engine.fleet.get(instanceId);
  const { provider } = supervisor;
  if (changes !== undefined) {
    const change = (current: unknown) =>
      provider.parseSettings({ ...(typeof current === "object" && current), ...changes });
    await verifySettings(provider, change(await engine.store.settings(instanceId)));
    await supervisor.configure(change);
  }
  if (pacing !== undefined) await changeInstancePacing(engine, supervisor, pacing);
  return supervisor.view();
}
