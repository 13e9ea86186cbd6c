import type { CallOperations } from "@orquesta/core";
import type { IncomingCalls } from "../calls/incoming-calls.ts";
import type { OperationParts } from "./operation-parts.ts";

export class BaileysCalls implements CallOperations {
  readonly #parts: OperationParts;
  readonly #calls: IncomingCalls;

  constructor(parts: OperationParts, calls: IncomingCalls) {
    this.#parts = parts;
    this.#calls = calls;
  }

  async reject(callId: string, signal: AbortSignal): Promise<void> {
    const call = this.#calls.ringing(callId);
    if (call === undefined) return;
    const { query, socket } = this.#parts;
    this.#calls.markRejected(callId);
    await query.run("refusing the call", () => socket.rejectCall(callId, call.from), signal);
  }
}
