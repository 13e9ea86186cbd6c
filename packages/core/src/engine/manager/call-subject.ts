import type { WaitOptions } from "../error/abort.ts";
import { parse } from "../error/parse.ts";
import type { OperationDesk } from "./operation-desk.ts";
import { idSchema } from "./operation-input.ts";

/** `manager.calls`. */
export class CallSubject {
  readonly #desk: OperationDesk;

  constructor(desk: OperationDesk) {
    this.#desk = desk;
  }

  /**
   * Refuses a call of `call.received` that still rings; afterwards it does nothing.
   * @throws VALIDATION_FAILED, INSTANCE_NOT_FOUND, CAPABILITY_MISSING, INSTANCE_NOT_RUNNING,
   *   SESSION_CLOSED, OPERATION_REFUSED, TIMED_OUT, ABORTED
   */
  reject(instanceId: string, callId: string, options: WaitOptions = {}): Promise<void> {
    return this.#desk.run(instanceId, "calls.reject", options, ({ calls }, { signal }) =>
      calls?.reject?.(parse(idSchema, callId, "call id"), signal),
    );
  }
}
