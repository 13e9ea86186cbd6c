import type { Network } from "./network.ts";
import { PhoneInbound } from "./phone-inbound.ts";
import type { User } from "./user.ts";

/** The receiving side of every user's phone, made on first use. */
export class Phones {
  readonly #network: Network;
  readonly #inbound = new WeakMap<User, PhoneInbound>();

  constructor(network: Network) {
    this.#network = network;
  }

  of(user: User): PhoneInbound {
    let inbound = this.#inbound.get(user);
    if (!inbound) {
      inbound = new PhoneInbound(this.#network, user);
      this.#inbound.set(user, inbound);
    }
    return inbound;
  }
}
