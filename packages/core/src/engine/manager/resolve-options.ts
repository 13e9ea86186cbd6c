import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { sqliteDialect } from "../database/sqlite-dialect.ts";
import { EventBus } from "../event/event-bus.ts";
import { silentLogger } from "../log/logger.ts";
import { ProviderRegistry } from "../provider/provider-registry.ts";
import { Seal } from "../seal/seal.ts";
import { secretOfDirectory } from "../seal/secret-file.ts";
import { TargetRules } from "../webhook/target-rules.ts";
import type { CreationRules } from "./create-instance.ts";
import type { EngineOptions } from "./engine.ts";
import type { InstanceManagerOptions } from "./instance-manager-options.ts";

const START_CONCURRENCY = 10;
const DELIVERIES_PER_SECOND = 100;

/** Fills in what a program leaves open. @throws CONFIGURATION_INVALID */
export function resolveOptions(options: InstanceManagerOptions): {
  readonly engine: EngineOptions;
  readonly creation: CreationRules;
} {
  const { dataDir, logger = silentLogger, nodeId = randomUUID() } = options;
  const providers = new ProviderRegistry(options.providers);
  const rules = new TargetRules(options.webhooks);
  const path = dataDir === undefined ? ":memory:" : join(dataDir, "orquesta.sqlite");
  const madeSecret = () => (dataDir === undefined ? randomBytes(32) : secretOfDirectory(dataDir));
  return {
    engine: {
      dialect: options.database ?? sqliteDialect({ path }),
      seal: new Seal(options.secret ?? madeSecret()),
      providers,
      rules,
      maxPerSecond: options.webhooks?.maxPerSecond ?? DELIVERIES_PER_SECOND,
      nodeId,
      startConcurrency: options.startConcurrency ?? START_CONCURRENCY,
      logger,
      bus: new EventBus(logger),
    },
    creation: { providers, rules, nodeId, admission: options.admission ?? null },
  };
}
