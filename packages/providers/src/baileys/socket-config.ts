import type { SessionContext } from "@orquesta/core";
import type { UserFacingSocketConfig } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "./baileys-library.ts";
import { BaileysLogger } from "./baileys-logger.ts";
import type { BaileysSettings, ParsedBaileysOptions } from "./baileys-options.ts";
import { ExpiringCache } from "./expiring-cache.ts";
import { mendFinishedTransactions } from "./finished-transactions.ts";
import { withoutConversations } from "./history/baileys-share.ts";
import { makeJournalingRepository } from "./journaling-repository.ts";
import { rememberUnknownLids } from "./lid-lookup.ts";
import type { SessionParts } from "./session-parts.ts";
import type { LiveSettings } from "./settings/live-settings.ts";
import type { ProxyRoute } from "./settings/proxy-route.ts";
import type { StanzaReader } from "./stanza-reader.ts";
import type { VersionInUse } from "./version-in-use.ts";

export const KEEP_ALIVE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 20_000;

const MINUTE_MS = 60_000;

/** How often a message was asked for again: must outlive the connection, or a loop never ends. */
const retryCounters = new ExpiringCache(10_000, 60 * MINUTE_MS);

export interface SocketConfigParts extends SessionParts {
  readonly context: SessionContext<BaileysSettings>;
  readonly library: BaileysLibrary;
  readonly options: ParsedBaileysOptions;
  readonly version: VersionInUse;
  readonly stanzas: StanzaReader;
  readonly settings: LiveSettings;
  /** Null: everything goes directly. */
  readonly proxy: ProxyRoute | null;
  readonly isOver: () => boolean;
  readonly onFailure: (cause: unknown) => void;
}

/** How Baileys is set up. A key set to undefined would override its default, so keys are left out. */
export function makeSocketConfig(parts: SocketConfigParts): UserFacingSocketConfig {
  const { context, options, creds, store, archive } = parts;
  return {
    ...(options.url !== undefined && { waWebSocketUrl: options.url }),
    ...(options.browser !== undefined && { browser: options.browser }),
    ...(options.qrTimeoutMs !== undefined && { qrTimeout: options.qrTimeoutMs }),
    ...parts.proxy?.config,
    version: parts.version.numbers,
    auth: { creds, keys: store },
    logger: new BaileysLogger(context.logger),
    markOnlineOnConnect: parts.settings.showsOnline,
    syncFullHistory: parts.histories.isWanted,
    ...(parts.histories.isWanted && {
      shouldSyncHistoryMessage: withoutConversations(parts.library),
    }),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    keepAliveIntervalMs: KEEP_ALIVE_MS,
    // The journal gets our own messages from the engine.
    emitOwnEvents: false,
    // A commit that failed ends the session; trying again would block its messages for 30 s.
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    getMessage: async ({ id }) => (id && (await archive.findSent(id))) || undefined,
    cachedGroupMetadata: async (jid) => await parts.stanzas.groups.get(jid),
    msgRetryCounterCache: retryCounters.scoped(context.instanceId),
    userDevicesCache: new ExpiringCache(1_000, 5 * MINUTE_MS),
    callOfferCache: new ExpiringCache(50, 5 * MINUTE_MS),
    placeholderResendCache: new ExpiringCache(200, 60 * MINUTE_MS),
    makeSignalRepository: makeRepositoryFactory(parts),
  };
}

function makeRepositoryFactory({
  library,
  store,
  incoming,
  histories,
  stanzas,
  isOver,
  onFailure,
}: SocketConfigParts): NonNullable<UserFacingSocketConfig["makeSignalRepository"]> {
  const makeInner = library.DEFAULT_CONNECTION_CONFIG.makeSignalRepository;
  return (auth, logger, askForLids) => {
    const inner = makeInner(auth, logger, askForLids && rememberUnknownLids(askForLids));
    const { keys } = auth;
    // Baileys has put its transactions around our store by now.
    if (!("transaction" in keys)) throw new TypeError("Baileys' keys have no transactions");
    mendFinishedTransactions(keys);
    return makeJournalingRepository({
      inner,
      keys,
      store,
      incoming,
      histories,
      stanzaOf: (ciphertext) => stanzas.stanzaOf(ciphertext),
      isOver,
      onFailure,
    });
  };
}
