import { isIP } from "node:net";
import { resolve } from "node:path";
import {
  type LogLevel,
  MAX_LOG_LINES,
  OrquestaError,
  type Pacing,
  type RetentionOptions,
} from "@orquesta/core";
import { z } from "zod";

/** Everything the server can be told, read once from the environment. */
export interface Configuration {
  readonly port: number;
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
  /** On each port at the same time. Undefined: any number. */
  readonly maxConnections: number | undefined;
  readonly publicUrl: string | undefined;
  /** Whether the API's description is served. */
  readonly docs: "on" | "off";
  /** Whose X-Forwarded-For counts: a number of proxies, or addresses and subnets. Empty: nobody's. */
  readonly trustProxy: number | readonly string[];
  readonly dataDir: string;
  /** Undefined: a SQLite file in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Of the SQLite file. */
  readonly durability: "normal" | "full";
  readonly retention: Required<
    Pick<
      RetentionOptions,
      "eventDays" | "eventsPerInstance" | "doneTaskDays" | "outboxDays" | "logDays"
    >
  >;
  readonly apiKey: string | undefined;
  readonly globalApiKey: string | undefined;
  readonly jwtSecret: string | undefined;
  /** Seals credentials at rest. Undefined: the one that the data directory keeps. */
  readonly secret: string | undefined;
  readonly instanceManagerAuth: "required" | "off";
  /** 0: no limit. */
  readonly maxInstancesPerCompany: number;
  /** How long a session that was logged out can be restored. */
  readonly sessionArchiveDays: number;
  /** Of a message over HTTP, with media as base64 in it. */
  readonly maxMessageBodyBytes: number;
  /** Event streams that one key may have open at the same time; 0: no limit. */
  readonly maxEventStreams: number;
  /** For a listener of each instance; null: none, as with Postgres, where an instance may move to another node. */
  readonly instancePorts: { readonly first: number; readonly last: number } | null;
  readonly webhooks: {
    /** Undefined: as the operator's own targets are treated. */
    readonly allowPrivate: boolean | undefined;
    readonly allowedHosts: readonly string[];
    /** Deliveries a second to one webhook; 0: no limit. Undefined: the engine's default. */
    readonly maxPerSecond: number | undefined;
  };
  /** Of WhatsApp accounts. Undefined: as fast as the platform takes it. */
  readonly pacing: Pacing | undefined;
  /** Another server in the place of WhatsApp's, for tests. */
  readonly baileys: { readonly url: string | undefined; readonly rootKey: string | undefined };
  /** Chromium of WhatsApp accounts by browser. Undefined: the one of this machine. */
  readonly chromiumPath: string | undefined;
  /** Bot API server of Telegram bots. Undefined: Telegram's own. */
  readonly telegram: { readonly apiRoot: string | undefined };
  /** The program that makes voice notes. */
  readonly ffmpegPath: string | undefined;
  /** Lines of log that are kept of each instance. */
  readonly instanceLogLines: number;
  readonly logLevel: LogLevel;
  readonly environment: "development" | "production" | "test";
}

const PORT_RANGE = "must be a whole number from 0 to 65535";
const LIST_SEPARATOR = /\s*,\s*/;

const toList = (text: string): string[] => text.split(LIST_SEPARATOR).filter((item) => item !== "");

/** A value that is set to nothing counts as not set, as container tools pass it on. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === "" ? undefined : value), schema.optional());
}

function wholeNumber(min: number, max: number, error: string) {
  return z
    .string()
    .regex(/^\d{1,9}$/, error)
    .transform(Number)
    .refine((number) => number >= min && number <= max, error);
}

function isAddress(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32))
  );
}

const trustProxy = z.string().transform((text, context): number | readonly string[] => {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const addresses = toList(text);
  if (addresses.every(isAddress)) return addresses;
  context.addIssue("must be a number of proxies, or IP addresses and subnets with commas between");
  return [];
});

const instancePorts = z.string().transform((text, context) => {
  if (text === "") return null;
  const [, first = 0, last = 0] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (first >= 1 && first <= last && last <= 65_535) return { first, last };
  context.addIssue("must be a range such as 8080-8179, or empty for none");
  return null;
});

/** 0: for ever. */
const kept = wholeNumber(0, 100_000_000, "must be a whole number; 0 keeps everything").transform(
  (amount) => (amount === 0 ? Number.POSITIVE_INFINITY : amount),
);

const url = (protocol: RegExp, error: string) => z.url({ protocol, error }).max(2048, error);
const secret = z.string();

/** Messages never repeat a value: some of these are secrets. */
const paceMs = wholeNumber(0, 3_600_000, "must be 0 to 3600000 ms");
const newChats = wholeNumber(0, 1_000_000, "must be a whole number; 0 means no limit");

const environmentSchema = z.object({
  PORT: optional(wholeNumber(0, 65_535, PORT_RANGE)),
  HOST: optional(z.string().regex(/^[\w.:%-]{1,255}$/, "must be a host name or an IP address")),
  MAX_CONNECTIONS: optional(wholeNumber(1, 1_000_000, "must be a whole number above 0")),
  PUBLIC_URL: optional(url(/^https?$/, "must be an http or https URL")),
  DOCS: optional(z.enum(["on", "off"], "must be on or off")),
  TRUST_PROXY: optional(trustProxy),
  DATA_DIR: optional(z.string()),
  DATABASE_URL: optional(
    url(/^postgres(ql)?$/, "must be a postgres:// URL, or empty for a SQLite file in DATA_DIR"),
  ),
  DURABILITY: optional(z.enum(["normal", "full"], "must be normal or full")),
  RETENTION_EVENT_DAYS: optional(kept),
  RETENTION_EVENTS_PER_INSTANCE: optional(kept),
  RETENTION_TASK_DAYS: optional(kept),
  RETENTION_OUTBOX_DAYS: optional(kept),
  RETENTION_LOG_DAYS: optional(kept),
  API_KEY: optional(secret),
  GLOBAL_API_KEY: optional(secret),
  JWT_SECRET: optional(secret),
  ORQUESTA_SECRET: optional(secret.min(32, "must have at least 32 characters")),
  INSTANCE_MANAGER_AUTH: optional(z.enum(["required", "off"], "must be required or off")),
  MAX_INSTANCES_PER_COMPANY: optional(
    wholeNumber(0, 1_000_000, "must be a whole number; 0 means no limit"),
  ),
  SESSION_ARCHIVE_DAYS: optional(wholeNumber(0, 3650, "must be a whole number of days up to 3650")),
  MAX_MESSAGE_BODY_BYTES: optional(
    wholeNumber(1, 512 * 2 ** 20, "must be a whole number from 1 to 536870912"),
  ),
  MAX_EVENT_STREAMS: optional(
    wholeNumber(0, 1_000_000, "must be a whole number; 0 means no limit"),
  ),
  INSTANCE_PORTS: instancePorts.optional(),
  WEBHOOK_ALLOW_PRIVATE: optional(z.enum(["0", "1"], "must be 0, 1 or empty")),
  WEBHOOK_ALLOWED_HOSTS: optional(z.string().transform(toList)),
  WEBHOOK_MAX_PER_SECOND: optional(
    wholeNumber(0, 100_000, "must be a whole number; 0 means no limit"),
  ),
  PACING: optional(z.enum(["on", "off"], "must be on or off")),
  PACING_GAP_MS: optional(paceMs),
  PACING_JITTER_MS: optional(paceMs),
  PACING_TYPING_MS_PER_CHARACTER: optional(wholeNumber(0, 1000, "must be 0 to 1000 ms")),
  PACING_MAX_TYPING_MS: optional(wholeNumber(0, 60_000, "must be 0 to 60000 ms")),
  PACING_NEW_CHATS_PER_HOUR: optional(newChats),
  PACING_NEW_CHATS_PER_DAY: optional(newChats),
  BAILEYS_WS_URL: optional(url(/^wss?$/, "must be a ws or wss URL")),
  BAILEYS_ROOT_KEY: optional(z.string().regex(/^[0-9a-f]{64}$/i, "must be 64 hex digits")),
  CHROMIUM_PATH: optional(z.string().regex(/^\//, "must be an absolute path")),
  TELEGRAM_API_ROOT: optional(url(/^https?$/, "must be an http or https URL")),
  FFMPEG_PATH: optional(z.string()),
  INSTANCE_LOG_LINES: optional(
    wholeNumber(1, MAX_LOG_LINES, `must be a whole number from 1 to ${MAX_LOG_LINES}`),
  ),
  LOG_LEVEL: optional(
    z.enum(["debug", "info", "warn", "error"], "must be debug, info, warn or error"),
  ),
  NODE_ENV: optional(
    z.enum(["development", "production", "test"], "must be development, production or test"),
  ),
});

type Environment = z.output<typeof environmentSchema>;

function invalid(problems: readonly string[]): OrquestaError {
  return new OrquestaError("CONFIGURATION_INVALID", problems.join("\n"));
}

/** What only a test may do, because it sends an account's traffic somewhere else. */
function refuseTestSettings(environment: Environment): void {
  if (environment.NODE_ENV !== "production") return;
  const set = (["BAILEYS_WS_URL", "BAILEYS_ROOT_KEY"] as const).filter((name) => environment[name]);
  if (set.length === 0) return;
  throw invalid(set.map((name) => `${name} is for tests and must not be set in production`));
}

/**
 * @throws CONFIGURATION_INVALID naming every variable that is wrong and what it may be, one a line
 */
export function readConfiguration(
  variables: Readonly<Record<string, string | undefined>>,
): Configuration {
  const result = environmentSchema.safeParse(variables);
  if (!result.success) {
    throw invalid(result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`));
  }
  refuseTestSettings(result.data);
  return toConfiguration(result.data);
}

function instancePortsOf({ DATABASE_URL: url, INSTANCE_PORTS: range }: Environment) {
  if (url !== undefined) return null;
  return range === undefined ? { first: 8080, last: 8179 } : range;
}

/** Mild: what a busy person might write. */
function pacingOf(environment: Environment): Pacing | undefined {
  if (environment.PACING === "off") return undefined;
  return {
    gapMs: environment.PACING_GAP_MS ?? 1000,
    jitterMs: environment.PACING_JITTER_MS ?? 1000,
    typingMsPerCharacter: environment.PACING_TYPING_MS_PER_CHARACTER ?? 30,
    maxTypingMs: environment.PACING_MAX_TYPING_MS ?? 3000,
    newChatsPerHour: (environment.PACING_NEW_CHATS_PER_HOUR ?? 20) || null,
    newChatsPerDay: (environment.PACING_NEW_CHATS_PER_DAY ?? 100) || null,
  };
}

function toConfiguration(environment: Environment): Configuration {
  const allowPrivate = environment.WEBHOOK_ALLOW_PRIVATE;
  return {
    port: environment.PORT ?? 3000,
    host: environment.HOST,
    maxConnections: environment.MAX_CONNECTIONS,
    publicUrl: environment.PUBLIC_URL?.replace(/\/+$/, ""),
    docs: environment.DOCS ?? "on",
    trustProxy: environment.TRUST_PROXY ?? [],
    dataDir: resolve(environment.DATA_DIR ?? "data"),
    databaseUrl: environment.DATABASE_URL,
    durability: environment.DURABILITY ?? "normal",
    retention: {
      eventDays: environment.RETENTION_EVENT_DAYS ?? 30,
      eventsPerInstance: environment.RETENTION_EVENTS_PER_INSTANCE ?? Number.POSITIVE_INFINITY,
      doneTaskDays: environment.RETENTION_TASK_DAYS ?? 7,
      outboxDays: environment.RETENTION_OUTBOX_DAYS ?? 30,
      logDays: environment.RETENTION_LOG_DAYS ?? 30,
    },
    apiKey: environment.API_KEY,
    globalApiKey: environment.GLOBAL_API_KEY,
    jwtSecret: environment.JWT_SECRET,
    secret: environment.ORQUESTA_SECRET,
    instanceManagerAuth: environment.INSTANCE_MANAGER_AUTH ?? "required",
    maxInstancesPerCompany: environment.MAX_INSTANCES_PER_COMPANY ?? 10,
    sessionArchiveDays: environment.SESSION_ARCHIVE_DAYS ?? 7,
    maxMessageBodyBytes: environment.MAX_MESSAGE_BODY_BYTES ?? 24 * 2 ** 20,
    maxEventStreams: environment.MAX_EVENT_STREAMS ?? 256,
    instancePorts: instancePortsOf(environment),
    webhooks: {
      allowPrivate: allowPrivate === undefined ? undefined : allowPrivate === "1",
      allowedHosts: environment.WEBHOOK_ALLOWED_HOSTS ?? [],
      maxPerSecond: environment.WEBHOOK_MAX_PER_SECOND,
    },
    pacing: pacingOf(environment),
    baileys: { url: environment.BAILEYS_WS_URL, rootKey: environment.BAILEYS_ROOT_KEY },
    chromiumPath: environment.CHROMIUM_PATH,
    telegram: { apiRoot: environment.TELEGRAM_API_ROOT },
    ffmpegPath: environment.FFMPEG_PATH,
    instanceLogLines: environment.INSTANCE_LOG_LINES ?? 2000,
    logLevel: environment.LOG_LEVEL ?? "info",
    environment: environment.NODE_ENV ?? "development",
  };
}
