export interface CallOperations {
  /** @param callId of a `call.received` that still rings; afterwards it does nothing */
  reject(callId: string, signal: AbortSignal): Promise<void>;
}
