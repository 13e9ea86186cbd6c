/** The part of the options that the network's pieces share. */
export interface NetworkSettings {
  /** Whether peers write from their phone number or from their LID. */
  readonly addressing: "lid" | "pn";
  /** How many receipts, messages and failures are remembered per account or peer. */
  readonly historyLimit: number;
  readonly offlineBatchSize: number;
  readonly offlineBatchTimeoutMs: number;
}
