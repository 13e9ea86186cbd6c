/** As much of libsignal's stored session record as the repair looks at. */
export interface SessionRecord {
  readonly _sessions: Readonly<Record<string, StoredSession>>;
  readonly version: string;
}

interface StoredSession {
  readonly indexInfo: { readonly used: number };
}

/**
 * Takes back what libsignal did to sessions that could not read a message.
 *
 * libsignal tries every session of a contact, most recently used first, and steps the ratchet of
 * each before it finds out that the message is not for it; when a later one succeeds, all of them are
 * stored. A late message on an old session thus destroys the new one, and every further message of
 * the contact is unreadable.
 *
 * @returns the record to store instead, or null when it is fine as it is
 */
export function repairSessions(before: SessionRecord, after: SessionRecord): SessionRecord | null {
  const tried = Object.keys(before._sessions).sort(
    (a, b) =>
      (before._sessions[b]?.indexInfo.used ?? 0) - (before._sessions[a]?.indexInfo.used ?? 0),
  );
  if (tried.length < 2) return null;
  const changed = tried.filter((id) => {
    const now = after._sessions[id];
    return now !== undefined && JSON.stringify(now) !== JSON.stringify(before._sessions[id]);
  });
  // The trials end with the success, so the last session that changed is the one that could.
  const failed = changed.slice(0, -1);
  if (failed.length === 0) return null;
  const sessions = { ...after._sessions };
  for (const id of failed) {
    const untouched = before._sessions[id];
    if (untouched !== undefined) sessions[id] = untouched;
  }
  return { ...after, _sessions: sessions };
}
