import { type Logger, silentLogger } from "@orquesta/core";

export interface HandlerOptions {
  /**
   * The operator's key. Without one every operator route refuses every request; the instances' own
   * keys still open their own routes.
   */
  readonly apiKey?: string | undefined;
  /** `off` opens the instance-manager dialect to everybody who reaches it. @default "required" */
  readonly instanceManagerAuth?: "required" | "off" | undefined;
  /**
   * The port of an instance of its own, told as `ports.api`; null when it has none.
   * @default no instance has one
   */
  readonly portOf?: ((instanceId: string) => Promise<number | null>) | undefined;
  /** The port told as `ports.api` of an instance without its own. @default the port of the request */
  readonly publicPort?: number | undefined;
  /** What links in answers and documentation start with. @default nothing: links are relative */
  readonly publicUrl?: string | undefined;
  /**
   * `off` hides the description of the API: `/openapi.json`, `/postman.json` and `/swagger`.
   * @default "on"
   */
  readonly docs?: "on" | "off" | undefined;
  /** Told by the health route. @default "unknown" */
  readonly version?: string | undefined;
  /** Largest body that is read. @default 1 MiB */
  readonly maxBodyBytes?: number | undefined;
  /** The same of a message, whose media may be in it as base64. @default 24 MiB, enough for media of 17 MB */
  readonly maxMessageBodyBytes?: number | undefined;
  /** How long a QR route waits for the first code, and a send for the platform. @default 10 000 */
  readonly waitMs?: number | undefined;
  /** How long stopping, restarting and removing may take. @default 25 000 */
  readonly operationTimeoutMs?: number | undefined;
  /** Event streams that one key may have open at the same time; 0: any number. @default 256 */
  readonly maxStreamsPerKey?: number | undefined;
  /** How often an event stream on which nothing happens says that it is alive. @default 15 000 */
  readonly heartbeatMs?: number | undefined;
  /** Ends the event streams when it fires, so that a server can finish its requests. */
  readonly closing?: AbortSignal | undefined;
  /** @default nothing is logged */
  readonly logger?: Logger | undefined;
}

export const HANDLER_DEFAULTS = {
  instanceManagerAuth: "required",
  docs: "on",
  version: "unknown",
  maxBodyBytes: 1_048_576,
  maxMessageBodyBytes: 24 * 1_048_576,
  waitMs: 10_000,
  operationTimeoutMs: 25_000,
  maxStreamsPerKey: 256,
  heartbeatMs: 15_000,
  logger: silentLogger,
} as const satisfies HandlerOptions;

export interface ResolvedHandlerOptions {
  readonly apiKey: string | undefined;
  readonly instanceManagerAuth: "required" | "off";
  readonly portOf: (instanceId: string) => Promise<number | null>;
  readonly publicPort: number | undefined;
  readonly publicUrl: string | undefined;
  readonly docs: "on" | "off";
  readonly version: string;
  readonly maxBodyBytes: number;
  readonly maxMessageBodyBytes: number;
  readonly waitMs: number;
  readonly operationTimeoutMs: number;
  readonly maxStreamsPerKey: number;
  readonly heartbeatMs: number;
  readonly closing: AbortSignal | undefined;
  readonly logger: Logger;
}

export function resolveHandlerOptions(options: HandlerOptions): ResolvedHandlerOptions {
  return {
    apiKey: options.apiKey,
    instanceManagerAuth: options.instanceManagerAuth ?? HANDLER_DEFAULTS.instanceManagerAuth,
    portOf: options.portOf ?? (async () => null),
    publicPort: options.publicPort,
    publicUrl: options.publicUrl,
    docs: options.docs ?? HANDLER_DEFAULTS.docs,
    version: options.version ?? HANDLER_DEFAULTS.version,
    maxBodyBytes: options.maxBodyBytes ?? HANDLER_DEFAULTS.maxBodyBytes,
    maxMessageBodyBytes: options.maxMessageBodyBytes ?? HANDLER_DEFAULTS.maxMessageBodyBytes,
    waitMs: options.waitMs ?? HANDLER_DEFAULTS.waitMs,
    operationTimeoutMs: options.operationTimeoutMs ?? HANDLER_DEFAULTS.operationTimeoutMs,
    maxStreamsPerKey: options.maxStreamsPerKey ?? HANDLER_DEFAULTS.maxStreamsPerKey,
    heartbeatMs: options.heartbeatMs ?? HANDLER_DEFAULTS.heartbeatMs,
    closing: options.closing,
    logger: options.logger ?? HANDLER_DEFAULTS.logger,
  };
}
