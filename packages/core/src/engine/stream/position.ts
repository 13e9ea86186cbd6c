/** What tells events apart: their place in all, and in their instance. */
export interface Place {
  readonly id: string;
  readonly instanceId: string;
  readonly number: number;
}

/** How far something has got in the journal of all instances. */
export interface Position {
  /** Whether the event lies before: it was told already. */
  covers(event: Place): boolean;
  /** Nothing up to this id is left to tell. */
  readonly afterId: string;
  /** Nothing beyond this id was told yet; null when that cannot be said. */
  readonly lastId: string | null;
}

/**
 * Where several nodes write, an event may be seen later than one with a greater id: by the time that
 * its transaction took, and that the ids of two nodes are apart. More than this it is not.
 */
export const COMMIT_SPREAD_MS = 10_000;
