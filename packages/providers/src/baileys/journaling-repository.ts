import { AsyncLocalStorage } from "node:async_hooks";
import { hash as digest } from "node:crypto";
import type {
  BinaryNode,
  SignalDataSet,
  SignalKeyStoreWithTransaction,
  SignalRepositoryWithLIDStore,
} from "@whiskeysockets/baileys";
import { withAddressLock } from "./address-locks.ts";
import { toPlaintext, withoutPadding } from "./archive/received-message.ts";
import type { PendingHistories } from "./history/pending-histories.ts";
import type { IncomingMessages } from "./incoming/incoming-message.ts";
import { toDataSet } from "./incoming/journaled-message.ts";
import { phoneOf } from "./jid.ts";
import { Lock } from "./lock.ts";
import { currentSend } from "./outgoing/current-send.ts";
import { RECEIVED_MESSAGE_TYPE, REPLAY_TYPE } from "./own-key-types.ts";
import { repairSessions, type SessionRecord } from "./session-repair.ts";
import type { SessionStore } from "./session-store.ts";

/**
 * All operations of a session run one after the other and each in a transaction of its own, so one
 * transaction key does; it must not be one of Baileys' (they are addresses and key types).
 */
const TRANSACTION = "orquesta";

export interface JournalingParts {
  readonly inner: SignalRepositoryWithLIDStore;
  /** Baileys' transactions over `store`. */
  readonly keys: SignalKeyStoreWithTransaction;
  readonly store: SessionStore;
  readonly incoming: IncomingMessages;
  readonly histories: PendingHistories;
  /** The stanza that a ciphertext came in. */
  readonly stanzaOf: (ciphertext: Uint8Array) => BinaryNode | undefined;
  /** Whether the session is beyond telling the server anything. */
  readonly isOver: () => boolean;
  /** Ends the session; nothing leaves any more. */
  readonly onFailure: (cause: unknown) => void;
}

/**
 * Baileys' Signal repository with three things changed.
 *
 * A decrypted message is in the journal before Baileys can say "received": ratchet, plaintext for a
 * redelivery and event go into one commit before `decryptMessage` returns, and the gate lets no
 * receipt out before that commit is on disk.
 *
 * Every operation is alone on its session and leaves the transaction of its caller. Baileys commits
 * a send's ratchets only after the bytes left, and takes no lock on them inside that transaction: a
 * crash, or a message that comes in meanwhile, would make it use a message key twice.
 *
 * Work on one Signal address is serial in the whole process, see address-locks.ts.
 */
export function makeJournalingRepository(parts: JournalingParts): SignalRepositoryWithLIDStore {
  const { inner, keys } = parts;
  const lock = new Lock();
  // The context of the caller now: outside of every transaction of Baileys.
  const outside = AsyncLocalStorage.snapshot();
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    lock.run(() => outside(() => keys.transaction(work, TRANSACTION)));
  const atAddress = <T>(jid: string, work: () => Promise<T>): Promise<T> =>
    withAddressLock(inner.jidToSignalProtocolAddress(jid), work);

  return {
    ...inner,
    decryptMessage: (options) =>
      journaled(parts, options.ciphertext, alone, () =>
        atAddress(options.jid, () =>
          options.type === "msg"
            ? withRepair(parts, options.jid, () => inner.decryptMessage(options))
            : inner.decryptMessage(options),
        ),
      ),
    decryptGroupMessage: (options) =>
      journaled(parts, options.msg, alone, () => inner.decryptGroupMessage(options)),
    processSenderKeyDistributionMessage: (options) =>
      alone(() => inner.processSenderKeyDistributionMessage(options)),
    encryptMessage: (options) => {
      const store = storeSentMessage(keys);
      return alone(async () => {
        await store();
        return await atAddress(options.jid, () => inner.encryptMessage(options));
      });
    },
    encryptGroupMessage: (options) => {
      const store = storeSentMessage(keys);
      return alone(async () => {
        await store();
        return await inner.encryptGroupMessage(options);
      });
    },
    getSenderKeyDistributionMessage: (options) =>
      alone(() => inner.getSenderKeyDistributionMessage(options)),
    injectE2ESession: (options) =>
      alone(() => atAddress(options.jid, () => inner.injectE2ESession(options))),
    migrateSession: (from, to) => alone(() => inner.migrateSession(from, to)),
    deleteSession: (jids) => alone(() => inner.deleteSession(jids)),
  };
}

type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Decrypts and journals in one commit.
 *
 * A ciphertext that was committed but not receipted comes again and cannot be decrypted again. The
 * plaintext that was kept for it is looked up only when decryption has failed: libsignal refuses a
 * used key without changing anything, so the ordinary message pays no read, and it does not matter
 * by what way the stanza came again. Its event is in the journal, as it was in the same commit.
 */
async function journaled(
  parts: JournalingParts,
  ciphertext: Uint8Array,
  alone: Alone,
  decrypt: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  let isDecrypted = false;
  try {
    const plaintext = await alone(async () => {
      const decrypted = await decrypt();
      isDecrypted = true;
      await put(parts, ciphertext, decrypted);
      return decrypted;
    });
    parts.histories.work();
    return plaintext;
  } catch (error) {
    // Not stored is neither received nor refused: the server shall deliver it again. Baileys would
    // refuse it now, hence no answer at all; the socket ends, and this promise goes with it.
    if (isDecrypted) parts.onFailure(error);
    if (isDecrypted || parts.isOver()) return await new Promise<never>(() => {});
    return await replay(parts, ciphertext, error);
  }
}

async function put(
  { keys, incoming, histories, stanzaOf }: JournalingParts,
  ciphertext: Uint8Array,
  plaintext: Uint8Array,
): Promise<void> {
  const stanza = stanzaOf(ciphertext);
  const bytes = withoutPadding(plaintext);
  const reading = stanza ? await incoming.read(stanza, bytes) : null;
  const data = {
    ...toDataSet(reading, { hash: hashOf(ciphertext), plaintext }),
    ...(stanza && histories.take(stanza, bytes)),
  };
  // Bridge: Baileys merges types that it does not know into the transaction like its own.
  await keys.set(data as SignalDataSet);
}

async function replay(
  { store, isOver, stanzaOf }: JournalingParts,
  ciphertext: Uint8Array,
  error: unknown,
): Promise<Uint8Array> {
  const hash = hashOf(ciphertext);
  const id = stanzaOf(ciphertext)?.attrs["id"] ?? "";
  try {
    const shown = toPlaintext((await store.read(RECEIVED_MESSAGE_TYPE, [id]))[id], hash);
    if (shown !== null) return shown;
    const plaintext = (await store.read(REPLAY_TYPE, [hash]))[hash];
    if (plaintext instanceof Uint8Array) return plaintext;
  } catch (cause) {
    if (isOver()) return await new Promise<never>(() => {});
    throw cause;
  }
  throw error;
}

async function withRepair(
  { inner, keys }: JournalingParts,
  jid: string,
  decrypt: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const address = await storedAddress(inner, jid);
  const before = await loadRecord(keys, address);
  const plaintext = await decrypt();
  const after = before === null ? null : await loadRecord(keys, address);
  if (before === null || after === null) return plaintext;
  const repaired = repairSessions(before, after);
  // Bridge: Baileys types the record as bytes, libsignal stores a plain object.
  if (repaired) await keys.set({ session: { [address]: repaired } } as unknown as SignalDataSet);
  return plaintext;
}

async function loadRecord(
  keys: SignalKeyStoreWithTransaction,
  address: string,
): Promise<SessionRecord | null> {
  const record: unknown = (await keys.get("session", [address]))[address];
  return (record as SessionRecord | undefined) ?? null;
}

/** Where libsignal's storage looks: under the LID as soon as there is one. */
async function storedAddress(inner: SignalRepositoryWithLIDStore, jid: string): Promise<string> {
  const lid = phoneOf(jid) === null ? null : await inner.lidMapping.getLIDForPN(jid);
  return inner.jidToSignalProtocolAddress(lid ?? jid);
}

/** To be called in the context of the send, and its result in the transaction of the ratchet. */
function storeSentMessage(keys: SignalKeyStoreWithTransaction): () => Promise<void> {
  const send = currentSend.getStore();
  if (send === undefined) return async () => {};
  return async () => {
    const { unstored } = send;
    send.hasEncrypted = true;
    if (unstored === null) return;
    send.unstored = null;
    // Bridge: types of ours, see above.
    await keys.set(unstored as SignalDataSet);
  };
}

function hashOf(ciphertext: Uint8Array): string {
  return digest("sha256", ciphertext, "hex");
}
