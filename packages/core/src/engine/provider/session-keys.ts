/** One change of a session key. `value: null` erases it. */
export interface KeyChange {
  readonly type: string;
  readonly id: string;
  readonly value: Uint8Array | null;
  /** Unix ms after which the key may be erased by itself; absent = kept. */
  readonly expiresAt?: number;
}

/** What a session must remember to resume without pairing again; sealed at rest, scoped to one instance. */
export interface SessionKeys {
  /**
   * The values that exist; missing ids are absent from the map.
   * @throws SESSION_KEYS_UNREADABLE when a stored value cannot be opened with the configured secret.
   */
  get(type: string, ids: readonly string[]): Promise<Map<string, Uint8Array>>;
}
