import type { InstanceManager, Logger, Provider } from "@orquesta/core";
import { OPENAPI_PATH, SWAGGER_PAGE_PATH } from "../documentation/documentation-dialect.ts";
import { createHandler } from "../handler.ts";
import { toNodeListener } from "../mounts/node.ts";
import type { Configuration } from "./configuration.ts";
import { createManager } from "./create-manager.ts";
import { HttpListener } from "./http-listener.ts";
import { InstanceListeners } from "./instance-listeners.ts";
import { InstancePorts } from "./instance-ports.ts";
import { withRequestLog } from "./request-log.ts";
import { provideServerKeys, type ServerKeys } from "./server-keys.ts";
import { createServerLogger } from "./server-logger.ts";
import { readVersion } from "./version.ts";

export interface ServerOptions {
  /** @default WhatsApp through Baileys */
  readonly providers?: readonly Provider[] | undefined;
  /** @default one on standard output */
  readonly logger?: Logger | undefined;
  /** Takes the start-up lines. @default standard output */
  readonly print?: ((line: string) => void) | undefined;
  /** How long running requests may take once the server closes. @default 5 000 */
  readonly drainMs?: number | undefined;
}

export interface RunningServer {
  /** Where it is reached: PUBLIC_URL, or this machine. */
  readonly url: string;
  readonly port: number;
  readonly logger: Logger;
  /** Finishes running requests, then closes the engine; idempotent. */
  close(): Promise<void>;
}

const DEFAULT_DRAIN_MS = 5_000;

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describeUrl({ publicUrl, host }: Configuration, port: number): string {
  if (publicUrl !== undefined) return publicUrl;
  const isAny = host === undefined || host === "0.0.0.0" || host === "::";
  const name = isAny ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

function describeStart(
  url: string,
  { keptIn }: ServerKeys,
  configuration: Configuration,
): string[] {
  const lines = [`Orquesta ${readVersion()} is ready`, `  base URL       ${url}`];
  if (configuration.docs === "on") {
    lines.push(
      `  documentation  ${url}${SWAGGER_PAGE_PATH}`,
      `  OpenAPI        ${url}${OPENAPI_PATH}`,
    );
  }
  if (keptIn !== null) lines.push(`  generated keys ${keptIn}`);
  const { instancePorts } = configuration;
  if (instancePorts !== null) {
    lines.push(`  instances      ports ${instancePorts.first} to ${instancePorts.last}`);
  }
  if (configuration.instanceManagerAuth === "off") {
    lines.push("  INSTANCE_MANAGER_AUTH=off: everybody who reaches /api/v1 may use it");
  }
  return lines;
}

async function openInstanceListeners(
  { instancePorts, dataDir, host, maxConnections }: Configuration,
  manager: InstanceManager,
  drainMs: number,
  logger: Logger,
): Promise<InstanceListeners | undefined> {
  if (instancePorts === null) return undefined;
  const ports = new InstancePorts(instancePorts, dataDir, logger);
  return InstanceListeners.open({ manager, ports, host, maxConnections, drainMs, logger });
}

/**
 * Runs the engine with its HTTP API.
 * @throws CONFIGURATION_INVALID when a port or a file cannot be had, DATABASE_LOCKED when another
 *   server uses the data directory
 */
export async function startServer(
  configuration: Configuration,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const { environment, logLevel: level, dataDir } = configuration;
  const logger =
    options.logger ?? createServerLogger({ level, readable: environment !== "production" });
  const keys = provideServerKeys(dataDir, configuration);
  // The port first: sessions must not be opened by a server that cannot serve.
  const http = await HttpListener.open(configuration, configuration);
  const manager = await createManager(configuration, { ...options, logger }).catch(
    async (error) => {
      await http.close(0);
      throw error;
    },
  );
  const drainMs = options.drainMs ?? DEFAULT_DRAIN_MS;
  const instances = await openInstanceListeners(configuration, manager, drainMs, logger);
  const url = describeUrl(configuration, http.port);
  const closingStreams = new AbortController();
  const handler = createHandler(manager, {
    apiKey: keys.apiKey,
    instanceManagerAuth: configuration.instanceManagerAuth,
    portOf: instances && ((instanceId) => instances.portOf(instanceId)),
    publicPort: portOf(url),
    publicUrl: configuration.publicUrl,
    docs: configuration.docs,
    version: readVersion(),
    maxMessageBodyBytes: configuration.maxMessageBodyBytes,
    maxStreamsPerKey: configuration.maxEventStreams,
    closing: closingStreams.signal,
    logger,
  });
  const logged = withRequestLog(handler, logger, configuration.trustProxy);
  const listener = toNodeListener(logged);
  instances?.serve(listener, logged);
  http.serve(listener);
  http.serveEvents(logged);
  for (const line of describeStart(url, keys, configuration)) (options.print ?? printLine)(line);

  async function closeAll(): Promise<void> {
    // They would go on for ever; their clients come again and go on behind what they had.
    closingStreams.abort();
    await Promise.all([http.close(drainMs), instances?.close(drainMs)]);
    await manager.close();
  }
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= closeAll());
  return { url, port: http.port, logger, close };
}
