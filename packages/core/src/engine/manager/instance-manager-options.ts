import type { DatabaseDialect } from "../database/dialect.ts";
import type { WaitOptions } from "../error/abort.ts";
import type { Admission } from "../instance/admission.ts";
import type { WatchdogOptions } from "../instance/watchdog-options.ts";
import type { Logger } from "../log/logger.ts";
import type { MediaOptions } from "../media/media-options.ts";
import type { TargetRulesOptions } from "../net/target-rules.ts";
import type { PacingChanges } from "../pacing/pacing.ts";
import type { Provider, SettingsOf } from "../provider/provider.ts";
import type { RetentionOptions } from "../retention/retention-options.ts";
import type { CreateInstance } from "./create-instance.ts";

export interface InstanceManagerOptions<
  Providers extends readonly Provider[] = readonly Provider[],
> {
  readonly providers: Providers;
  /**
   * Directory of the SQLite file and of the generated secret. Without it, and without `database`,
   * everything is in memory and ends with the process.
   */
  readonly dataDir?: string;
  /** @default SQLite in `dataDir` */
  readonly database?: DatabaseDialect;
  /**
   * What the SQLite file in `dataDir` survives: `normal` a crash of the process, `full` also a loss of
   * power, at about a ninth of the transactions a second. @default "normal"
   */
  readonly durability?: "normal" | "full";
  /** What is kept for how long. @default a month, deliveries that went well a week */
  readonly retention?: RetentionOptions;
  /** How fast instances send that have no pacing of their own. @default as fast as the platform takes it */
  readonly pacing?: PacingChanges;
  /** What differs from it for the instances of a provider, by the id of that. */
  readonly providerPacing?: Readonly<Record<string, PacingChanges>>;
  /** At least 32 bytes that seal secrets at rest. @default generated into `dataDir` with mode 0600 */
  readonly secret?: Uint8Array;
  readonly admission?: Admission;
  /** Also holds for the URLs that media are read from. */
  readonly webhooks?: WebhookRules;
  /** What messages carry: where it is kept, and within which bounds. */
  readonly media?: MediaOptions;
  /** Name of this node; one that comes back under the same name takes its instances at once. @default random */
  readonly nodeId?: string;
  /** Sessions that open at the same time. @default 10 */
  readonly startConcurrency?: number;
  /** Lines of log that are kept of each instance, give or take 200: 1 to 50 000. @default 2 000 */
  readonly logLines?: number;
  /** How long the session of an account that was logged out can be restored, days; 0: not at all. @default 7 */
  readonly sessionArchiveDays?: number;
  /** When a session without signs of life is not believed in any more. */
  readonly watchdog?: WatchdogOptions;
  /** @default none: the library writes nothing by itself */
  readonly logger?: Logger;
}

/** What the operator allows webhooks. */
export interface WebhookRules extends TargetRulesOptions {
  /** Deliveries a second to one webhook; a webhook may ask for fewer. 0 = no limit. @default 100 */
  readonly maxPerSecond?: number;
}

/** What is left out has a default, or is missed by the provider. */
type GivenSettings<Settings> = unknown extends Settings ? unknown : Partial<Settings>;

/** What `create` takes: the settings are those of the provider that is named. */
export type CreateInput<Providers extends readonly Provider[]> = {
  [P in Providers[number] as P["id"]]: Omit<CreateInstance, "provider" | "settings"> & {
    readonly provider: P["id"];
    readonly settings?: GivenSettings<SettingsOf<P>>;
  };
}[Providers[number]["id"]];

export interface StartOptions extends WaitOptions {
  /** What to wait for. @default "requested" */
  readonly until?: "requested" | "pairing" | "connected";
}

export interface PairOptions extends WaitOptions {
  /** The account's phone number with its country code, as people write it. */
  readonly phone: string;
  /** A code of your own, in the platform's characters. @default a random one */
  readonly code?: string | undefined;
}

export interface SendOptions extends WaitOptions {
  /**
   * 1 to 255 characters. The same key with the same message sends once and gives the same result; the
   * media of the repeat are not read: a URL counts by its address, a file by its path, and of a stream
   * only the description.
   */
  readonly idempotencyKey?: string;
  /** `queued`: durable here. `sent`: with the platform. @default "queued" */
  readonly until?: "queued" | "sent";
}
