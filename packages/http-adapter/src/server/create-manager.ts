import { InstanceManager, type Logger, type Provider } from "@orquesta/core";
import type { Configuration } from "./configuration.ts";

export interface ManagerParts {
  readonly logger: Logger;
  readonly providers?: readonly Provider[] | undefined;
}

/** The engine as the configuration wants it, opened: what is wrong with its database shows now. */
export async function createManager(
  configuration: Configuration,
  { logger, providers = [] }: ManagerParts,
): Promise<InstanceManager> {
  const manager = new InstanceManager({ providers, dataDir: configuration.dataDir, logger });
  try {
    await manager.checkHealth();
    return manager;
  } catch (error) {
    await manager.close();
    throw error;
  }
}
