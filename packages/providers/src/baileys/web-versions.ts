import type { WAVersion } from "@whiskeysockets/baileys";

/** Where WhatsApp Web itself learns that there is a newer one. */
export const DEFAULT_VERSION_URL = "https://web.whatsapp.com/sw.js";

const TIMEOUT_MS = 3_000;
const HOUR_MS = 3_600_000;
const FRESH_MS = 6 * HOUR_MS;
/** Without internet only the first start waits for the time-out. */
const RETRY_AFTER_MS = HOUR_MS / 6;
/** The first two numbers have not changed for years; the page only says the third. */
const PREFIX = [2, 3000] as const;
/** It is sent as a uint32. */
const MAX_REVISION = 2 ** 32 - 1;

export interface UsedWebVersion {
  readonly numbers: WAVersion;
  /** `fixed` by an option, told by the `network`, or `pinned` in the installed Baileys. */
  readonly source: "fixed" | "network" | "pinned";
  /** Why it did not come from the network, where it should have. */
  readonly failure: unknown;
  /** Whether WhatsApp has refused another one just before. */
  readonly isRenewed: boolean;
}

export interface WebVersionsOptions {
  readonly fixed?: WAVersion | undefined;
  /** Address to ask; null asks nobody. */
  readonly url: string | null;
}

/**
 * The version of WhatsApp Web that clients say they are; WhatsApp refuses old ones, or lets their
 * pairing end in silence. Asked for once a process and kept for hours; a stale one is used while it is
 * asked for again.
 */
export class WebVersions {
  readonly #options: WebVersionsOptions;
  #found: WAVersion | null = null;
  #foundAt = 0;
  #failure: unknown = null;
  #failedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;
  #isRenewing = false;

  constructor(options: WebVersionsOptions) {
    this.#options = options;
  }

  /** Begins to ask, so that the answer is there when it is needed. */
  prepare(): void {
    void this.#refresh();
  }

  /** The version to use now; waits for the network at most 3 s, and not at all soon after it failed. */
  async choose(pinned: WAVersion): Promise<UsedWebVersion> {
    const { fixed } = this.#options;
    if (fixed) return { numbers: fixed, source: "fixed", failure: null, isRenewed: false };
    const asking = this.#refresh();
    if (this.#found === null) await asking;
    const isRenewed = this.#isRenewing;
    // WhatsApp takes what it has once served; a page that says less is not to be believed.
    if (this.#found && compare(this.#found, pinned) >= 0) {
      return { numbers: this.#found, source: "network", failure: null, isRenewed };
    }
    return { numbers: pinned, source: "pinned", failure: this.#failure, isRenewed };
  }

  /**
   * WhatsApp has refused this version. Whether it is worth another try: the next `choose` asks the
   * network again. False when this one was renewed already, or cannot be.
   */
  refused(version: UsedWebVersion): boolean {
    if (version.source === "fixed" || this.#options.url === null) return false;
    if (!this.#isRenewing || version.isRenewed) this.#forget();
    this.#isRenewing = !version.isRenewed;
    return this.#isRenewing;
  }

  /** WhatsApp has let a client of this version in. */
  accepted({ isRenewed }: UsedWebVersion): void {
    if (isRenewed) this.#isRenewing = false;
  }

  #forget(): void {
    this.#found = null;
    this.#failedAt = Number.NEGATIVE_INFINITY;
  }

  #refresh(): Promise<void> {
    const { fixed, url } = this.#options;
    if (fixed || url === null || this.#isRecent()) return Promise.resolve();
    this.#asking ??= this.#ask(url).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  #isRecent(): boolean {
    const now = Date.now();
    const isFresh = this.#found !== null && now - this.#foundAt < FRESH_MS;
    return isFresh || now - this.#failedAt < RETRY_AFTER_MS;
  }

  /** Never rejects. */
  async #ask(url: string): Promise<void> {
    try {
      this.#found = [...PREFIX, await readRevision(url)];
      this.#foundAt = Date.now();
      this.#failure = null;
    } catch (error) {
      this.#failure = error;
      this.#failedAt = Date.now();
    }
  }
}

/** The revision that the page names, in plain or in escaped JSON. */
async function readRevision(url: string): Promise<number> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    // Without a browser's headers WhatsApp answers 400 (WhiskeySockets/Baileys#1929).
    headers: {
      "sec-fetch-site": "none",
      "user-agent":
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    },
  });
  const page = await response.text();
  const revision = Number(/\\?"client_revision\\?":\s*(\d{1,15})/.exec(page)?.[1]);
  if (response.ok && revision <= MAX_REVISION) return revision;
  throw new Error(`the page of WhatsApp Web names no version (HTTP ${response.status})`);
}

function compare(a: WAVersion, b: WAVersion): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
