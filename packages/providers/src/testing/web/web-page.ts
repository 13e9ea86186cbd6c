import type { WebDevice } from "./service/web-device.ts";

/** WhatsApp's words for the state of its socket. */
export type PageState =
  | "CONFLICT"
  | "CONNECTED"
  | "DEPRECATED_VERSION"
  | "OPENING"
  | "PROXYBLOCK"
  | "TIMEOUT"
  | "TOS_BLOCK"
  | "UNPAIRED"
  | "UNPAIRED_IDLE";

/** An open page, for its troubles. */
export class WebPage {
  readonly #device: WebDevice;

  constructor(device: WebDevice) {
    this.#device = device;
  }

  /** Whether the page is there and talks to the service. */
  get isConnected(): boolean {
    return this.#device.isConnected;
  }

  /** What the page has not stored yet of what it was sent. */
  get pending(): number {
    return this.#device.pending;
  }

  setState(state: PageState): void {
    this.#device.signal("state", { state });
  }

  /** The renderer dies of too little memory: `launch.args` keep that small. */
  crash(): void {
    this.#device.signal("crash", {});
  }

  /** The page does nothing else for that long. */
  hang(ms: number): void {
    this.#device.signal("hang", { ms });
  }

  /** A navigation within the document, at which the library injects itself again. */
  renavigate(): void {
    this.#device.signal("renavigate", {});
  }

  /** Messages go out, but the page never says so; until called with true. */
  settleSends(settles: boolean): void {
    this.#device.signal("sends", { settle: settles });
  }
}
