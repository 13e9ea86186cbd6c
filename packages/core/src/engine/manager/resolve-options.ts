import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { DATABASE_FILE } from "../database/data-file.ts";
import { sqliteDialect } from "../database/sqlite-dialect.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import { EventBus } from "../event/event-bus.ts";
import { MAX_LOG_LINES } from "../instance/log-query.ts";
import { checkWatchdogOptions } from "../instance/watchdog-options.ts";
import { silentLogger } from "../log/logger.ts";
import { resolveMediaOptions } from "../media/media-options.ts";
import { TargetRules } from "../net/target-rules.ts";
import {
  changePacing,
  NO_PACING,
  type Pacing,
  type PacingChanges,
  type PacingOf,
  pacingChangesSchema,
} from "../pacing/pacing.ts";
import { ProviderRegistry } from "../provider/provider-registry.ts";
import { resolveRetention } from "../retention/retention-options.ts";
import { Seal } from "../seal/seal.ts";
import { secretOfDirectory } from "../seal/secret-file.ts";
import type { CreationRules } from "./create-instance.ts";
import type { EngineOptions } from "./engine.ts";
import type { InstanceManagerOptions } from "./instance-manager-options.ts";

const START_CONCURRENCY = 10;
const SESSION_ARCHIVE_DAYS = 7;
const DAY_MS = 86_400_000;
const DELIVERIES_PER_SECOND = 100;
const LOG_LINES = 2000;

/** Fills in what a program leaves open. @throws CONFIGURATION_INVALID */
export function resolveOptions(options: InstanceManagerOptions): {
  readonly engine: EngineOptions;
  readonly creation: CreationRules;
} {
  const { dataDir, logger = silentLogger, nodeId = randomUUID() } = options;
  const { database, durability = "normal" } = options;
  if (options.durability !== undefined && (database !== undefined || dataDir === undefined)) {
    throw new OrquestaError(
      "CONFIGURATION_INVALID",
      "durability belongs to the SQLite file in dataDir; sqliteDialect has an option of that name",
    );
  }
  const providers = new ProviderRegistry(options.providers);
  const path = dataDir === undefined ? ":memory:" : join(dataDir, DATABASE_FILE);
  const madeSecret = () => (dataDir === undefined ? randomBytes(32) : secretOfDirectory(dataDir));
  return {
    engine: {
      dialect: options.database ?? sqliteDialect({ path, durability }),
      seal: new Seal(options.secret ?? madeSecret()),
      providers,
      rules: new TargetRules(options.webhooks, "webhook"),
      mediaTargets: new TargetRules(options.webhooks, "medium"),
      media: resolveMediaOptions(options.media, dataDir),
      maxPerSecond: resolveRate(options.webhooks?.maxPerSecond),
      nodeId,
      logLines: logLinesOf(options),
      sessionArchiveMs: sessionArchiveMsOf(options),
      watchdog: checkWatchdogOptions(options.watchdog ?? {}),
      // A database of its own is not in the data directory.
      dataDir: (database === undefined && dataDir) || null,
      retention: resolveRetention(options.retention),
      pacingOf: pacingOf(options),
      startConcurrency: options.startConcurrency ?? START_CONCURRENCY,
      logger,
      bus: new EventBus(logger),
    },
    creation: { providers, nodeId, admission: options.admission ?? null },
  };
}

function pacingOf({ pacing, providerPacing = {} }: InstanceManagerOptions): PacingOf {
  const all = changePacing(NO_PACING, pacingFrom("pacing", pacing));
  const own = Object.entries(providerPacing).map(([id, changes]): [string, Pacing] => {
    return [id, changePacing(all, pacingFrom(`providerPacing.${id}`, changes))];
  });
  const byProvider = new Map(own);
  return (providerId) => byProvider.get(providerId) ?? all;
}

function pacingFrom(option: string, changes: PacingChanges = {}): PacingChanges {
  const result = pacingChangesSchema.safeParse(changes);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const message = `${option}.${issue?.path.join(".")} ${issue?.message}`;
  throw new OrquestaError("CONFIGURATION_INVALID", message);
}

function logLinesOf({ logLines = LOG_LINES }: InstanceManagerOptions): number {
  if (Number.isInteger(logLines) && logLines >= 1 && logLines <= MAX_LOG_LINES) return logLines;
  const message = `logLines has to be a whole number from 1 to ${MAX_LOG_LINES}`;
  throw new OrquestaError("CONFIGURATION_INVALID", message);
}

function resolveRate(perSecond: number = DELIVERIES_PER_SECOND): number {
  if (Number.isInteger(perSecond) && perSecond >= 0) return perSecond;
  const message = "webhooks.maxPerSecond must be a whole number; 0 means no limit";
  throw new OrquestaError("CONFIGURATION_INVALID", message);
}

function sessionArchiveMsOf({ sessionArchiveDays: days }: InstanceManagerOptions): number {
  const chosen = days ?? SESSION_ARCHIVE_DAYS;
  if (Number.isFinite(chosen) && chosen >= 0 && chosen <= 3650) return chosen * DAY_MS;
  throw new OrquestaError("CONFIGURATION_INVALID", "sessionArchiveDays has to be 0 to 3650");
}
