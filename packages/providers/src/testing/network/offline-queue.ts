import { type Stanza, stanza } from "../wire/stanza.ts";

/** Something that stays queued until the account says that it has it. */
export interface Delivery {
  /** Under this the account's receipt, or ack, names it. */
  readonly key: string;
  readonly id: string;
  readonly node: Stanza;
}

/** Where a queue sends to while its account is connected. */
export interface Outlet {
  readonly congested: boolean;
  send(node: Stanza): void;
}

export interface OfflineQueueOptions<D extends Delivery> {
  /** How many redelivered stanzas may wait for their receipt before the next ones are sent. */
  readonly batchSize: number;
  /** After this long without a receipt the next batch goes out all the same. */
  readonly batchTimeoutMs: number;
  onSent?(delivery: D, offline: boolean): void;
}

interface Slot<D> {
  readonly delivery: D;
  offline: boolean;
  sent: boolean;
  done: boolean;
}

/**
 * First in, first out, until receipted. A client that connects gets everything unreceipted
 * again, marked `offline`, batch by batch, then `<ib><offline count>`, and only then what came
 * in meanwhile.
 */
export class OfflineQueue<D extends Delivery> {
  readonly #options: OfflineQueueOptions<D>;
  readonly #slots = new Set<Slot<D>>();
  readonly #byKey = new Map<string, Slot<D>[]>();
  /** Nacks that are still to come, by key, for tries that were replaced by a new one. */
  readonly #lateNacks = new Map<string, number>();
  #outlet: Outlet | null = null;
  /** What is to be sent on this connection, from `#head` on. */
  #line: Slot<D>[] = [];
  #head = 0;
  #offlineLeft = 0;
  #offlineSent = 0;
  #inFlight = 0;
  #announced = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OfflineQueueOptions<D>) {
    this.#options = options;
  }

  get size(): number {
    return this.#slots.size;
  }

  pending(): readonly D[] {
    return Array.from(this.#slots, (slot) => slot.delivery);
  }

  add(delivery: D): void {
    this.#append(delivery);
    this.pump();
  }

  /** Puts a new try in the place of an old one, of which the nack may still come. */
  resend(old: D, next: D): void {
    this.supersede(old);
    this.add(next);
  }

  /** Takes a try back because its sender will send it anew. */
  supersede(old: D): void {
    const slot = this.#find(old.key, (one) => one.delivery === old);
    if (slot) this.#remove(slot);
    this.#lateNacks.set(old.key, (this.#lateNacks.get(old.key) ?? 0) + 1);
  }

  /** Finds what a receipt or retry receipt is about: the last sent under this key. */
  sent(key: string): D | null {
    return this.#find(key, (slot) => slot.sent)?.delivery ?? null;
  }

  /** The account has it. False when it was not waiting for it. */
  settle(key: string): boolean {
    // Unsent is fine too: a client may receipt after a reconnect what it got before.
    const slot = this.#find(key, (one) => one.sent) ?? this.#find(key, () => true);
    if (!slot) return false;
    this.#remove(slot);
    this.pump();
    return true;
  }

  /** The account cannot read it: gone for good, unless a new try was queued in the meantime. */
  nack(key: string): "dropped" | "late" | "unknown" {
    const late = this.#lateNacks.get(key) ?? 0;
    if (late > 1) this.#lateNacks.set(key, late - 1);
    else this.#lateNacks.delete(key);
    if (late > 0) return "late";
    const slot = this.#find(key, () => true);
    if (!slot) return "unknown";
    this.#remove(slot);
    this.pump();
    return "dropped";
  }

  /** A client is there: everything that waits is sent (again). */
  attach(outlet: Outlet): void {
    this.detach();
    this.#outlet = outlet;
    this.#line = [...this.#slots];
    for (const slot of this.#line) slot.offline = true;
    this.#offlineLeft = this.#line.length;
    this.pump();
  }

  detach(): void {
    clearTimeout(this.#timer);
    // Nacks are owed by a connection, and that one is gone.
    this.#lateNacks.clear();
    this.#outlet = null;
    this.#line = [];
    this.#head = 0;
    this.#offlineLeft = 0;
    this.#offlineSent = 0;
    this.#inFlight = 0;
    this.#announced = false;
    for (const slot of this.#slots) slot.sent = false;
  }

  clear(): void {
    this.detach();
    this.#slots.clear();
    this.#byKey.clear();
  }

  /** Sends what may be sent now. */
  pump(): void {
    const outlet = this.#outlet;
    if (!outlet) return;
    while (!outlet.congested) {
      if (this.#offlineLeft === 0) this.#announce(outlet);
      const slot = this.#line[this.#head];
      if (!slot) break;
      if (!slot.done && this.#mustWait(slot)) {
        this.#armTimer();
        return;
      }
      this.#head += 1;
      this.#sendSlot(slot, outlet);
    }
    this.#trimLine();
  }

  /** Live ones wait for the whole backlog: a client would work them off first. */
  #mustWait(slot: Slot<D>): boolean {
    return this.#inFlight >= (slot.offline ? this.#options.batchSize : 1);
  }

  #sendSlot(slot: Slot<D>, outlet: Outlet): void {
    if (slot.offline) this.#offlineLeft -= 1;
    if (slot.done) return;
    slot.sent = true;
    if (!slot.offline) {
      outlet.send(slot.delivery.node);
    } else {
      this.#inFlight += 1;
      this.#offlineSent += 1;
      const { tag, attrs, content } = slot.delivery.node;
      outlet.send(stanza(tag, { ...attrs, offline: String(this.#offlineLeft) }, content));
    }
    this.#options.onSent?.(slot.delivery, slot.offline);
  }

  #announce(outlet: Outlet): void {
    if (this.#announced) return;
    this.#announced = true;
    const count = String(this.#offlineSent);
    outlet.send(stanza("ib", {}, [stanza("offline", { count })]));
  }

  #armTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#inFlight = 0;
      this.pump();
    }, this.#options.batchTimeoutMs);
  }

  #trimLine(): void {
    if (this.#head < 1_000 || this.#head < this.#line.length) return;
    this.#line = [];
    this.#head = 0;
  }

  #append(delivery: D): void {
    const slot = { delivery, offline: false, sent: false, done: false };
    this.#slots.add(slot);
    const same = this.#byKey.get(delivery.key);
    if (same) same.push(slot);
    else this.#byKey.set(delivery.key, [slot]);
    if (this.#outlet) this.#line.push(slot);
  }

  #find(key: string, matches: (slot: Slot<D>) => boolean): Slot<D> | undefined {
    return this.#byKey.get(key)?.find(matches);
  }

  #remove(slot: Slot<D>): void {
    slot.done = true;
    this.#slots.delete(slot);
    const rest = this.#byKey.get(slot.delivery.key)?.filter((other) => other !== slot) ?? [];
    if (rest.length > 0) this.#byKey.set(slot.delivery.key, rest);
    else this.#byKey.delete(slot.delivery.key);
    if (slot.offline && slot.sent && this.#inFlight > 0) this.#inFlight -= 1;
  }
}
