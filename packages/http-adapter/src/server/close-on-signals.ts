const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** npm and shells pass one Ctrl-C on more than once; only a later one is a second wish. */
const REPEAT_MS = 2_000;

export interface SignalOptions {
  /** @default process */
  readonly source?: { on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown } | undefined;
  /** @default process.exit */
  readonly exit?: ((code: number) => void) | undefined;
  /** @default performance.now */
  readonly now?: (() => number) | undefined;
}

/** The first signal closes in good order and exits with 0; one that comes later does not wait. */
export function closeOnSignals(
  close: () => Promise<void>,
  onFailure: (error: unknown) => void,
  options: SignalOptions = {},
): void {
  const {
    source = process,
    exit = (code) => process.exit(code),
    now = () => performance.now(),
  } = options;
  let firstAt: number | undefined;
  const onSignal = () => {
    if (firstAt !== undefined) {
      if (now() - firstAt > REPEAT_MS) exit(1);
      return;
    }
    firstAt = now();
    void close().then(
      () => exit(0),
      (error) => {
        onFailure(error);
        exit(1);
      },
    );
  };
  for (const signal of SIGNALS) source.on(signal, onSignal);
}
