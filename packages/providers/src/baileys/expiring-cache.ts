import { BoundedMap } from "../shared/bounded-map/bounded-map.ts";

interface Entry {
  readonly value: unknown;
  readonly expiresAt: number;
}

/**
 * A cache in the form that Baileys asks for. Baileys' own ones hold a timer each, five per socket;
 * this one looks at the clock when it is read, so an idle session has no timer for it.
 */
export class ExpiringCache {
  readonly #entries: BoundedMap<string, Entry>;
  readonly #ttlMs: number;

  constructor(max: number, ttlMs: number) {
    this.#entries = new BoundedMap(max);
    this.#ttlMs = ttlMs;
  }

  get<T>(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= Date.now()) {
      this.#entries.delete(key);
      return undefined;
    }
    // The reader names the type of what it stored itself: that is Baileys' contract for caches.
    return entry.value as T;
  }

  set<T>(key: string, value: T): void {
    this.#entries.set(key, { value, expiresAt: Date.now() + this.#ttlMs });
  }

  del(key: string): void {
    this.#entries.delete(key);
  }

  flushAll(): void {
    this.#entries.clear();
  }

  /** A part of this cache under its own names; flushing or closing it leaves the others alone. */
  scoped(prefix: string): ScopedCache {
    return new ScopedCache(this, `${prefix}|`);
  }
}

export class ScopedCache {
  readonly #cache: ExpiringCache;
  readonly #prefix: string;

  constructor(cache: ExpiringCache, prefix: string) {
    this.#cache = cache;
    this.#prefix = prefix;
  }

  get<T>(key: string): T | undefined {
    return this.#cache.get<T>(this.#prefix + key);
  }

  set<T>(key: string, value: T): void {
    this.#cache.set(this.#prefix + key, value);
  }

  del(key: string): void {
    this.#cache.del(this.#prefix + key);
  }

  /** Entries of the scope leave by age. */
  flushAll(): void {}
}
