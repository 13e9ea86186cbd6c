import { join } from "node:path";
import {
  InstanceManager,
  instanceLimit,
  type Logger,
  type Provider,
  postgresDialect,
} from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import { telegram } from "@orquesta/providers/telegram";
import { whatsappweb } from "@orquesta/providers/whatsappweb";
import { pushUrl } from "../push-url.ts";
import type { Configuration } from "./configuration.ts";

export interface ManagerParts {
  readonly logger: Logger;
  /** @default WhatsApp through Baileys and in a browser, Telegram */
  readonly providers?: readonly Provider[] | undefined;
}

function createProviders(configuration: Configuration): Provider[] {
  const { url, rootKey } = configuration.baileys;
  const { apiRoot } = configuration.telegram;
  const { chromiumPath, publicUrl } = configuration;
  return [
    baileys({ ...(url !== undefined && { url }), ...(rootKey !== undefined && { rootKey }) }),
    whatsappweb({
      dataDir: join(configuration.dataDir, "whatsappweb"),
      ...(chromiumPath !== undefined && { chromiumPath }),
    }),
    telegram({
      ...(apiRoot !== undefined && { apiRoot }),
      ...(publicUrl !== undefined && { webhookUrl: (id: string) => pushUrl(publicUrl, id) }),
    }),
  ];
}

function createOptions({
  dataDir,
  databaseUrl,
  durability,
  retention,
  secret,
  webhooks,
  maxInstancesPerCompany,
  sessionArchiveDays,
  instanceLogLines,
  publicUrl,
  ffmpegPath,
  pacing,
}: Configuration) {
  const { allowPrivate, allowedHosts, maxPerSecond } = webhooks;
  return {
    dataDir,
    logLines: instanceLogLines,
    sessionArchiveDays,
    webhooks: {
      allowedHosts,
      ...(allowPrivate !== undefined && { allowPrivate }),
      ...(maxPerSecond !== undefined && { maxPerSecond }),
    },
    media: {
      ...(publicUrl !== undefined && { publicUrl }),
      ...(ffmpegPath !== undefined && { ffmpegPath }),
    },
    retention,
    ...(pacing && { providerPacing: { baileys: pacing, whatsappweb: pacing } }),
    ...(databaseUrl === undefined
      ? { durability }
      : { database: postgresDialect({ url: databaseUrl }) }),
    ...(secret !== undefined && { secret: Buffer.from(secret) }),
    ...(maxInstancesPerCompany > 0 && { admission: instanceLimit(maxInstancesPerCompany) }),
  };
}

/**
 * The engine as the configuration wants it, ready to be asked.
 * @throws DATABASE_LOCKED, DATABASE_FAILED, CONFIGURATION_INVALID
 */
export async function createManager(
  configuration: Configuration,
  { logger, providers = createProviders(configuration) }: ManagerParts,
): Promise<InstanceManager> {
  const manager = new InstanceManager({ ...createOptions(configuration), providers, logger });
  try {
    await manager.ready();
    return manager;
  } catch (error) {
    await manager.close();
    throw error;
  }
}
