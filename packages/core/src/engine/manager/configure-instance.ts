import { z } from "zod";
import { parse } from "../error/parse.ts";
import type { InstanceView } from "../instance/instance-view.ts";
import type { Engine } from "./engine.ts";
import { verifySettings } from "./verify-settings.ts";

const changesSchema = z.strictObject({
  settings: z.record(z.string(), z.unknown()).optional(),
});

export interface InstanceChanges {
  /** Settings of the provider that become different; the others stay. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Changes an instance, running or not: `InstanceManager.configure`. */
export async function configureInstance(
  engine: Engine,
  instanceId: string,
  input: InstanceChanges,
): Promise<InstanceView> {
  const { settings: changes } = parse(changesSchema, input, "change");
  const supervisor = await engine.fleet.get(instanceId);
  if (changes === undefined) return supervisor.view();
  const { provider } = supervisor;
  const change = (current: unknown) =>
    provider.parseSettings({ ...(typeof current === "object" && current), ...changes });
  await verifySettings(provider, change(await engine.store.settings(instanceId)));
  await supervisor.configure(change);
  return supervisor.view();
}
