/** A connection that is expected to say something now and then. */
export interface Watched {
  /** Unix ms after which it counts as silent. */
  silentFrom(): number;
  onSilent(): void;
}

const TICK_MS = 5_000;

/** One timer for all sessions of the process; none while there is no session. */
const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

export function watchSilence(connection: Watched): void {
  watched.add(connection);
  timer ??= setInterval(tick, TICK_MS).unref();
}

export function unwatchSilence(connection: Watched): void {
  watched.delete(connection);
  if (watched.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

function tick(): void {
  const now = Date.now();
  for (const connection of watched) if (connection.silentFrom() <= now) connection.onSilent();
}
