import { AsyncLocalStorage } from "node:async_hooks";
import type { SignalKeyStoreWithTransaction } from "@whiskeysockets/baileys";

/**
 * Keeps what Baileys writes after its transaction is over.
 *
 * Baileys starts work inside a transaction and does not wait for it, such as asking for the privacy
 * token of a contact. When that work writes, its async context still names the transaction, and the
 * write lands in memory that nobody looks at any more: the token is lost, and asked for again with
 * every message. So what comes from a finished transaction is done outside of it.
 */
export function mendFinishedTransactions(keys: SignalKeyStoreWithTransaction): void {
  const current = new AsyncLocalStorage<{ isFinished: boolean }>();
  const outside = AsyncLocalStorage.snapshot();
  const isFinished = () => current.getStore()?.isFinished === true;
  const { get, set, transaction } = keys;
  keys.get = (type, ids) => (isFinished() ? outside(() => get(type, ids)) : get(type, ids));
  keys.set = (data) => (isFinished() ? outside(() => set(data)) : set(data));
  keys.transaction = (work, key) => {
    if (isFinished()) return outside(() => begin(work, key));
    return keys.isInTransaction() ? transaction(work, key) : begin(work, key);
  };

  async function begin<T>(work: () => Promise<T>, key: string): Promise<T> {
    const state = { isFinished: false };
    try {
      return await current.run(state, () => transaction(work, key));
    } finally {
      state.isFinished = true;
    }
  }
}
