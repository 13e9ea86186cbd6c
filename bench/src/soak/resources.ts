/** How many there are of each kind. */
export type Counts = Readonly<Record<string, number>>;

/** What a process holds open. */
export interface Resources {
  /** What keeps it alive, by Node's names. */
  readonly active: Counts;
  /** All timers, also those that keep nothing alive, by their length. */
  readonly timers: Counts;
  /** On `process`. */
  readonly listeners: Counts;
  /** Open file descriptors; pipes, sockets and what has no name are told by their kind alone. */
  readonly files: Counts;
}

/** @returns what there is of each kind more than before, or less; empty when nothing is */
export function differences(before: Resources, after: Resources): string[] {
  const of = (kind: keyof Resources, unit: string) =>
    [...new Set([...Object.keys(before[kind]), ...Object.keys(after[kind])])].flatMap((name) => {
      const more = (after[kind][name] ?? 0) - (before[kind][name] ?? 0);
      return more === 0 ? [] : [`${more > 0 ? "+" : ""}${more} ${unit} ${name}`];
    });
  return [
    ...of("active", "resource"),
    ...of("timers", "timer of ms"),
    ...of("listeners", "listener on process for"),
    ...of("files", "file"),
  ];
}

export function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
