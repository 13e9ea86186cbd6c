import { type WaitOptions, waitFor } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { OperationName, SessionOperations } from "../provider/operations/operations.ts";
import type { Provider } from "../provider/provider.ts";
import type { Engine } from "./engine.ts";

const TIMEOUT_MS = 30_000;

/** What an operation works with. */
export interface OperationPlace {
  readonly instanceId: string;
  readonly provider: Provider;
  readonly engine: Engine;
  /** Fires when nobody waits any more. */
  readonly signal: AbortSignal;
}

type Ask<T> = (operations: SessionOperations, place: OperationPlace) => Promise<T> | undefined;

/** Asks live sessions for what they can do besides sending. */
export class OperationDesk {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /**
   * @param ask undefined when the session has no such operation
   * @param options timeoutMs @default 30 000
   * @throws INSTANCE_NOT_FOUND, CAPABILITY_MISSING, INSTANCE_NOT_RUNNING, SESSION_CLOSED, TIMED_OUT,
   *   ABORTED, what the operation throws
   */
  async run<T>(
    instanceId: string,
    name: OperationName,
    { timeoutMs = TIMEOUT_MS, signal }: WaitOptions,
    ask: Ask<T>,
  ): Promise<T> {
    const engine = await this.#engine();
    const supervisor = await engine.fleet.get(instanceId);
    const { provider } = supervisor;
    if (!provider.capabilities.operations.includes(name)) throw missing(provider, name);
    const { operations = {} } = supervisor.connectedSession();
    const giveUp = new AbortController();
    const either = signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal;
    try {
      const asked = ask(operations, { instanceId, provider, engine, signal: either });
      if (asked === undefined) throw missing(provider, name);
      asked.catch(() => {});
      return await waitFor(asked, name, { timeoutMs, signal });
    } finally {
      giveUp.abort();
    }
  }
}

function missing(provider: Provider, name: OperationName): OrquestaError {
  const group = `${name.split(".")[0]}.`;
  const able = provider.capabilities.operations.filter((other) => other.startsWith(group));
  const can = able.length === 0 ? "nothing of that kind" : able.join(", ");
  return new OrquestaError(
    "CAPABILITY_MISSING",
    `${provider.id} cannot do ${name}; it can do ${can}`,
  );
}
