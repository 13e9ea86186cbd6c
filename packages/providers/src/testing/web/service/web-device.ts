import { randomBytes } from "node:crypto";
import type {
  Deliveries,
  DeliveryName,
  PageFaults,
  SignalName,
  Signals,
  ToPage,
} from "../protocol.ts";
import type { Person } from "./person.ts";

type Delivery = Extract<ToPage, { readonly seq: number }>;

/** A browser profile that has opened the page: linked to an account, or waiting for that. */
export class WebDevice {
  readonly id: string;
  account: Person | null = null;
  ref = newRef();
  /** The code that it shows, and for which phone. */
  code: { readonly code: string; readonly number: string } | null = null;
  faults: PageFaults = {};
  /** When codes were asked for, Unix ms. */
  codeRequests: number[] = [];
  #seq = 0;
  #queue: Delivery[] = [];
  #send: ((text: string) => void) | null = null;

  constructor(id: string) {
    this.id = id;
  }

  get isConnected(): boolean {
    return this.#send !== null;
  }

  /** Deliveries that the profile has not stored yet. */
  get pending(): number {
    return this.#queue.length;
  }

  attach(send: (text: string) => void): void {
    this.#send = send;
  }

  /** Only the connection that is attached. */
  detach(send: (text: string) => void): void {
    if (this.#send === send) this.#send = null;
  }

  /** Gives everything once more that comes after what the profile has. */
  resume(seen: number): void {
    this.markStored(seen);
    this.#seq = Math.max(this.#seq, seen);
    for (const delivery of this.#queue) this.#say(delivery);
  }

  markStored(seen: number): void {
    this.#queue = this.#queue.filter(({ seq }) => seq > seen);
  }

  /** Kept until the profile has stored it. */
  deliver<Name extends DeliveryName>(name: Name, data: Deliveries[Name]): void {
    this.#seq += 1;
    const delivery = { seq: this.#seq, delivery: name, data } as Delivery;
    this.#queue.push(delivery);
    this.#say(delivery);
  }

  /** Lost when no page is there. */
  signal<Name extends SignalName>(name: Name, data: Signals[Name]): void {
    this.#say({ signal: name, data } as ToPage);
  }

  renewRef(): void {
    this.ref = newRef();
    this.signal("ref", { ref: this.ref });
  }

  unlink(): void {
    this.account = null;
    this.#queue = [];
    this.ref = newRef();
  }

  #say(message: ToPage): void {
    this.#send?.(JSON.stringify(message));
  }
}

function newRef(): string {
  return `2@${randomBytes(48).toString("base64url")}`;
}
