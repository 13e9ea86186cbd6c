import { Lock } from "./lock.ts";

/**
 * One lock per Signal address for the whole process.
 *
 * libsignal queues its jobs by address alone, so two instances that hear the same contact share a
 * queue, and a queued job runs in the async context of whoever started the queue: its keys would be
 * written outside the transaction that holds the event. With this lock the queue is always empty.
 */
const locks = new Map<string, Lock>();

export async function withAddressLock<T>(address: string, work: () => Promise<T>): Promise<T> {
  const lock = locks.get(address) ?? new Lock();
  locks.set(address, lock);
  try {
    return await lock.run(work);
  } finally {
    if (lock.idle && locks.get(address) === lock) locks.delete(address);
  }
}
