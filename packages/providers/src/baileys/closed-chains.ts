/** As libsignal serializes a record of sessions, as far as it is needed here. */
interface Chain {
  readonly chainType: number;
  /** A chain without a key takes no new messages: it only holds keys of late ones. */
  readonly chainKey: { readonly key?: string };
}
interface SignalSession {
  readonly _chains: Readonly<Record<string, Chain>>;
}
export interface SignalRecord {
  readonly _sessions: Readonly<Record<string, SignalSession>>;
}

const RECEIVING = 2;
/** As many as Signal's own library keeps (`MAX_RECEIVER_CHAINS` in libsignal-protocol). */
const KEPT_CHAINS = 5;

/**
 * A record without the chains that no message will ask for any more. libsignal for Node keeps the
 * chain of every answer for ever: a chat of thousands of answers would be written anew, hundreds of
 * kilobytes, with each message. The newest closed chains stay, for messages that are late.
 */
export function withoutOldChains(record: SignalRecord): SignalRecord {
  const sessions = Object.entries(record._sessions);
  if (sessions.every(([, session]) => oldChains(session).size === 0)) return record;
  const pruned = sessions.map(([key, session]) => [key, prune(session)] as const);
  return { ...record, _sessions: Object.fromEntries(pruned) };
}

function prune(session: SignalSession): SignalSession {
  const old = oldChains(session);
  const kept = Object.entries(session._chains).filter(([key]) => !old.has(key));
  return { ...session, _chains: Object.fromEntries(kept) };
}

/** Chains stand in the order in which they were opened. */
function oldChains({ _chains: chains }: SignalSession): ReadonlySet<string> {
  const closed = Object.keys(chains).filter((key) => isClosed(chains[key]));
  return new Set(closed.slice(0, -KEPT_CHAINS));
}

function isClosed(chain: Chain | undefined): boolean {
  return chain?.chainType === RECEIVING && chain.chainKey.key === undefined;
}
