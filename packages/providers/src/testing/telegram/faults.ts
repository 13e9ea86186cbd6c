/** What goes wrong with a request. */
export type Fault =
  /** An answer of the Bot API that says no: 500, 429 with `retryAfter`, 400, … The request is not handled. */
  | {
      readonly kind: "error";
      readonly code: number;
      readonly description?: string;
      /** Seconds. */
      readonly retryAfter?: number;
      /** The request is handled all the same; only its answer is this one. @default false */
      readonly handled?: boolean;
    }
  /** A page of some proxy in between. */
  | { readonly kind: "html"; readonly status: number; readonly handled?: boolean }
  /** The connection breaks; `handled`: after the server did what it was asked, the answer is lost. */
  | { readonly kind: "reset"; readonly handled?: boolean }
  /** No answer until the client gives up or the server closes. */
  | { readonly kind: "hang"; readonly handled?: boolean }
  /** The body comes in pieces, each so many ms after the one before. */
  | { readonly kind: "slow"; readonly stepMs: number };

export interface FaultScope {
  /** In any case of letters; "download" is a file. @default any but getUpdates */
  readonly method?: string;
  /** Id of the bot. @default any */
  readonly botId?: number;
  /** @default 1 */
  readonly times?: number;
}

interface PlannedFault extends FaultScope {
  readonly fault: Fault;
  left: number;
}

/** A planned fault that can be called off. */
export interface FaultHandle {
  /** How often it is still to happen. */
  readonly left: number;
  end(): void;
}

export class Faults {
  #planned: PlannedFault[] = [];

  plan(fault: Fault, scope: FaultScope = {}): FaultHandle {
    const planned: PlannedFault = { ...scope, fault, left: scope.times ?? 1 };
    this.#planned.push(planned);
    return {
      get left() {
        return planned.left;
      },
      end: () => {
        planned.left = 0;
        this.#planned = this.#planned.filter((other) => other !== planned);
      },
    };
  }

  /** The fault for this request, used up. */
  take(method: string, botId: number): Fault | undefined {
    const name = method.toLowerCase();
    const planned = this.#planned.find(
      (one) =>
        (one.botId === undefined || one.botId === botId) &&
        (one.method === undefined ? name !== "getupdates" : one.method.toLowerCase() === name),
    );
    if (!planned) return undefined;
    planned.left -= 1;
    if (planned.left <= 0) this.#planned = this.#planned.filter((other) => other !== planned);
    return planned.fault;
  }
}
