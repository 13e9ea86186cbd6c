import { type Logger, OrquestaError, waitFor } from "@orquesta/core";
import type { Client } from "whatsapp-web.js";
import { parseProxyUrl } from "../../shared/proxy/proxy-server.ts";
import { EndingError } from "../session-ending.ts";
import { makeWebClient } from "../web-client.ts";
import type { WhatsappWebLibrary } from "../whatsappweb-library.ts";
import type { ParsedWhatsappWebOptions, WhatsappWebSettings } from "../whatsappweb-options.ts";
import { BrowserProfile, type ProfilePlace } from "./browser-profile.ts";
import type { Chromium } from "./find-chromium.ts";
import { makeLaunchOptions, userAgentMetadataOf, userAgentOf } from "./launch-options.ts";
import { ProcessGroup } from "./process-group.ts";
import { onBrowserSpawned } from "./spawned-browser.ts";
import type { StartPlaces } from "./start-places.ts";

/** The longest command: a large medium on its way between page and process. */
const PROTOCOL_TIMEOUT_MS = 60_000;
const GONE_TIMEOUT_MS = 3_000;
const LOGOUT_TIMEOUT_MS = 4_000;

export interface SessionBrowserParts {
  readonly library: WhatsappWebLibrary;
  readonly chromium: Chromium;
  readonly options: ParsedWhatsappWebOptions;
  readonly places: StartPlaces;
  readonly place: ProfilePlace;
  /** Of the profile. */
  readonly name: string;
  readonly settings: WhatsappWebSettings;
  readonly logger: Logger;
  /** The client is made; it has done nothing yet. */
  onClient(client: Client): void;
  /** The browser is there, and has loaded nothing yet. */
  onBrowser(client: Client): Promise<void>;
  onLost(error: unknown): void;
}

/** The one Chromium of one session, from the claim of its profile until nothing of it is left. */
export class SessionBrowser {
  readonly #parts: SessionBrowserParts;
  /** Kills the browser from its first moment on, before anybody has seen it. */
  readonly #killing = new AbortController();
  readonly #ending = new AbortController();
  #starting: Promise<void> = Promise.resolve();
  #profile: BrowserProfile | null = null;
  #client: Client | null = null;
  #group: Promise<ProcessGroup> | null = null;
  #isEnded = false;

  constructor(parts: SessionBrowserParts) {
    this.#parts = parts;
  }

  get client(): Client | null {
    return this.#client;
  }

  async isDiskFull(): Promise<boolean> {
    return (await this.#profile?.isDiskFull()) ?? false;
  }

  /**
   * Resolves when WhatsApp Web runs and the library has taken hold of it. Whatever comes of it, `end` has
   * to be called.
   * @throws EndingError, TIMED_OUT, what the library throws (strings, too)
   */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  /** Ends the browser, by force if need be, and frees the profile. To be called once; never rejects. */
  async end(options: { readonly logout: boolean; readonly erase: boolean }): Promise<void> {
    this.#isEnded = true;
    const { logger } = this.#parts;
    if (options.logout) await this.#settle(this.#client?.logout(), LOGOUT_TIMEOUT_MS);
    await this.#settle(this.#client?.destroy(), this.#parts.options.closeTimeoutMs);
    this.#ending.abort();
    this.#killing.abort();
    await this.#settle(this.#starting, GONE_TIMEOUT_MS);
    const group = await this.#group;
    const gone = (await group?.end(GONE_TIMEOUT_MS)) ?? true;
    if (!gone) logger.error("the browser of a session does not end", { pid: group?.leader });
    this.#client?.removeAllListeners();
    try {
      if (options.erase) await this.#profile?.erase();
      await this.#profile?.free();
    } catch (error) {
      logger.error("the browser profile could not be given up", { error });
    }
  }

  async #start(): Promise<void> {
    const { places, place, name, logger, options } = this.#parts;
    const { signal } = this.#ending;
    const profile = await BrowserProfile.claim(place, name, logger);
    if (profile === null) {
      const ending = { afterwards: "reconnect", reason: "profile_locked" } as const;
      throw new EndingError(
        ending,
        "another process, or another session, uses the browser profile",
      );
    }
    this.#profile = profile;
    if (await profile.isDiskFull()) {
      const ending = { afterwards: "reconnect", reason: "disk_full" } as const;
      throw new EndingError(ending, "there is no room for a browser profile");
    }
    const giveBack = await places.take(signal);
    try {
      await this.#initialize(profile, options.startTimeoutMs);
    } finally {
      giveBack();
    }
  }

  async #initialize(profile: BrowserProfile, timeoutMs: number): Promise<void> {
    this.#assertWanted();
    const client = this.#makeClient(profile);
    this.#client = client;
    this.#parts.onClient(client);
    const unwatch = onBrowserSpawned(profile.directory, ({ pid }) => {
      if (pid !== undefined) this.#group = ProcessGroup.of(pid);
    });
    const initializing = client.initialize().finally(unwatch);
    // Whoever waits no longer must not leave a rejection behind.
    initializing.catch(() => {});
    const { signal } = this.#ending;
    await waitFor(initializing, "starting WhatsApp Web", { timeoutMs, signal });
  }

  #makeClient(profile: BrowserProfile): Client {
    const { library, chromium, options, settings, onLost } = this.#parts;
    const proxy = settings.proxy === null ? null : parseProxyUrl(settings.proxy);
    const launch = makeLaunchOptions({
      chromium,
      profile,
      proxy,
      args: [...options.args, ...(options.standIn?.args ?? [])],
      acceptInsecureCerts: options.standIn !== undefined,
      protocolTimeoutMs: PROTOCOL_TIMEOUT_MS,
      launchTimeoutMs: options.startTimeoutMs,
      signal: this.#killing.signal,
    });
    return makeWebClient({
      library,
      launch,
      userAgent: userAgentOf(chromium),
      proxyCredentials: proxy?.credentials ?? null,
      deviceName: settings.deviceName,
      authTimeoutMs: options.startTimeoutMs,
      onBrowser: (client) => this.#takeOver(client),
      onLost,
    });
  }

  async #takeOver(client: Client): Promise<void> {
    this.#assertWanted();
    const { chromium, onBrowser } = this.#parts;
    const userAgent = userAgentOf(chromium);
    const userAgentMetadata = userAgentMetadataOf(chromium);
    await client.pupPage?.setUserAgent({ userAgent, userAgentMetadata });
    await onBrowser(client);
  }

  #assertWanted(): void {
    if (this.#isEnded) throw new OrquestaError("ABORTED", "the browser is not wanted any more");
  }

  /** Waits for the end of something, but not long, and whatever the end is. */
  async #settle(promise: Promise<unknown> | undefined, timeoutMs: number): Promise<void> {
    if (promise === undefined) return;
    await waitFor(promise, "ending a browser", { timeoutMs }).catch(() => {});
  }
}
