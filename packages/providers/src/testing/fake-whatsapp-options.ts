import type { FakeWhatsAppLogger } from "./network/network.ts";

export interface FakeWhatsAppOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  readonly logger?: FakeWhatsAppLogger;
  /** Whether peers write from their phone number (default) or from their LID. */
  readonly addressing?: "lid" | "pn";
  /** How many receipts, messages and failures are remembered per account or peer. */
  readonly historyLimit?: number;
  /** How many redelivered messages may wait for their receipt at once. */
  readonly offlineBatchSize?: number;
  readonly offlineBatchTimeoutMs?: number;
}
