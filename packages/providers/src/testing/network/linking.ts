import { stanza } from "../wire/stanza.ts";
import type { Companion } from "./companion.ts";
import type { Network } from "./network.ts";

/** Ends the link between an account and one of its devices. */
export class Linking {
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  /** The phone removed the device: it is thrown out, and its next login fails with 401. WhatsApp does not always say the code. */
  unlinkByPhone(companion: Companion, { saysCode = true } = {}): void {
    const link = companion.link;
    this.#forget(companion, "phone");
    link?.fail(saysCode ? 401 : undefined, stanza("conflict", { type: "device_removed" }));
  }

  /** The client logged itself out. */
  unlinkByClient(companion: Companion): void {
    this.#forget(companion, "companion");
  }

  #forget(companion: Companion, by: "companion" | "phone"): void {
    const { number, device } = companion;
    this.#network.directory.find(number)?.companions.delete(device);
    companion.queue.clear();
    this.#network.events.emit("logout", { number, device, by });
  }
}
