import { BoundedLog } from "../bounded-log.ts";
import type { PrekeyBundle } from "../signal/prekey-bundle.ts";
import { formatJid, lidOf } from "../wire/jid.ts";
import type { Stanza } from "../wire/stanza.ts";
import { type Delivery, OfflineQueue, type OfflineQueueOptions } from "./offline-queue.ts";
import type { PrekeyRegistry } from "./prekey-registry.ts";

/** A stanza on its way to an account's linked device. */
export interface CompanionDelivery extends Delivery {
  readonly kind: "call" | "message" | "notification" | "peer" | "receipt";
  readonly from: string;
  /** Encrypts it anew for a retry receipt; absent when its sender is not played by the server. */
  readonly reencrypt?: (request: ResendRequest) => Stanza;
}

export interface ResendRequest {
  /** The keys that came with the retry receipt; else fresh ones are fetched. */
  readonly bundle: PrekeyBundle | null;
  readonly count: number;
}

export interface ReceiptRecord {
  readonly id: string;
  readonly chat: string;
  /** As on the wire; "delivered" stands for a receipt without a type. */
  readonly type: string;
  readonly device: number;
  readonly at: number;
}

export interface RetryRecord {
  readonly id: string;
  readonly chat: string;
  readonly count: number;
  readonly withKeys: boolean;
  readonly device: number;
  readonly at: number;
}

export interface NackRecord {
  readonly id: string;
  readonly chat: string;
  readonly error: string;
  /** "late": it was for an earlier try, and the new try stays queued. */
  readonly outcome: "dropped" | "late" | "unknown";
  readonly device: number;
  readonly at: number;
}

/** What the server needs of a linked device's current connection. */
export interface CompanionLink {
  readonly congested: boolean;
  send(node: Stanza): void;
  fail(code: number | undefined, reason?: Stanza): void;
  failAndLinger(code: number): void;
  drop(): void;
  stall(): () => void;
}

export interface CompanionInit {
  readonly number: string;
  readonly device: number;
  readonly noiseKey: Buffer;
  readonly prekeys: PrekeyRegistry;
  readonly queue: OfflineQueueOptions<CompanionDelivery>;
  readonly historyLimit: number;
}

/** A device that was linked to an account: what the real server remembers of it. */
export class Companion {
  readonly number: string;
  readonly device: number;
  readonly address: string;
  readonly jid: string;
  readonly lid: string;
  readonly noiseKey: Buffer;
  readonly prekeys: PrekeyRegistry;
  readonly queue: OfflineQueue<CompanionDelivery>;
  readonly receipts: BoundedLog<ReceiptRecord>;
  readonly retries: BoundedLog<RetryRecord>;
  readonly nacks: BoundedLog<NackRecord>;
  link: CompanionLink | null = null;
  /** Whether the phone has sent it the key of the app state. */
  hasAppStateKey = false;

  constructor(init: CompanionInit) {
    this.number = init.number;
    this.device = init.device;
    this.address = `${init.number}:${init.device}`;
    this.jid = formatJid(init.number, "s.whatsapp.net", init.device);
    this.lid = formatJid(lidOf(init.number), "lid", init.device);
    this.noiseKey = init.noiseKey;
    this.prekeys = init.prekeys;
    this.queue = new OfflineQueue(init.queue);
    this.receipts = new BoundedLog(init.historyLimit);
    this.retries = new BoundedLog(init.historyLimit);
    this.nacks = new BoundedLog(init.historyLimit);
  }
}
