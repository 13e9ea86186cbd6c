import type { Readable } from "node:stream";
import {
  NO_EVIDENCE,
  OrquestaError,
  type OutboxMessage,
  type PairingCode,
  type PairingCodeOptions,
  type Sent,
  type Session,
  type SessionChange,
  type SessionContext,
  type SessionEvidence,
  type SessionOperations,
} from "@orquesta/core";
import type { Client } from "whatsapp-web.js";
import { SessionBrowser, type SessionBrowserParts } from "./browser/session-browser.ts";
import { Messaging } from "./messages/messaging.ts";
import { accountOf } from "./own-account.ts";
import { announceSynced, type PageAnswer, refreshQr } from "./page-probe.ts";
import { PagePulse } from "./page-pulse.ts";
import { Pairing } from "./pairing.ts";
import type { PulseWheel } from "./pulse-wheel.ts";
import { ReadyDeadline } from "./ready-deadline.ts";
import {
  CONNECTION_LOST,
  CRASHED,
  type Ending,
  endingOfStart,
  endingOfState,
  isProxyError,
  PROXY_FAILED,
  UNRESPONSIVE,
} from "./session-ending.ts";
import type { WhatsappWebSettings } from "./whatsappweb-options.ts";

/** How long WhatsApp Web may look for its server before the session counts as lost. */
const OFFLINE_MS = 60_000;

export type WhatsappWebSessionOptions = Pick<
  SessionBrowserParts,
  "library" | "chromium" | "options" | "places" | "place" | "name"
> & {
  readonly context: SessionContext<WhatsappWebSettings>;
  readonly wheel: PulseWheel;
};

/** One connection of one account: one browser with one page, never used again once it has ended. */
export class WhatsappWebSession implements Session {
  readonly #opening: WhatsappWebSessionOptions;
  readonly #context: SessionContext<WhatsappWebSettings>;
  readonly #ended = new AbortController();
  readonly #browser: SessionBrowser;
  readonly #pairing: Pairing;
  readonly #deadline: ReadyDeadline;
  #messaging: Messaging | null = null;
  #pulse: PagePulse | null = null;
  #state: SessionChange["state"] | "starting" = "starting";
  #hasProxyFailed = false;
  #offlineSince: number | null = null;
  /** The account is gone: so is its profile. */
  #isLoggedOut = false;
  #ending: Promise<void> | null = null;

  private constructor(opening: WhatsappWebSessionOptions) {
    const { context, options } = opening;
    this.#opening = opening;
    this.#context = context;
    this.#pairing = new Pairing({
      context,
      qrTimeoutMs: options.qrTimeoutMs,
      ended: this.#ended.signal,
      finish: (ending) => this.#finish(ending),
    });
    this.#deadline = new ReadyDeadline(options.readyTimeoutMs, () => this.#finish(UNRESPONSIVE));
    this.#browser = new SessionBrowser({
      ...opening,
      settings: context.settings,
      logger: context.logger,
      onClient: (client) => this.#listen(client),
      onBrowser: (client) => this.#watch(client),
      onLost: (error) => this.#finish(UNRESPONSIVE, error),
    });
  }

  /** The session starts in the background, and says how it goes. */
  static open(opening: WhatsappWebSessionOptions): WhatsappWebSession {
    const session = new WhatsappWebSession(opening);
    opening.context.signal.addEventListener("abort", session.#onAbort, { once: true });
    void session.#start();
    return session;
  }

  get native(): Client | null {
    return this.#browser.client;
  }

  evidence(): SessionEvidence {
    return this.#ended.signal.aborted ? NO_EVIDENCE : (this.#pulse?.evidence ?? NO_EVIDENCE);
  }

  async send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    return await this.#connected().send(message, signal);
  }

  get operations(): SessionOperations {
    return this.#messaging?.operations ?? {};
  }

  async openMedia(mediaId: string, signal: AbortSignal): Promise<Readable> {
    return await this.#connected().openMedia(mediaId, signal);
  }

  async resolveChat(chatId: string, signal: AbortSignal): Promise<string> {
    return await this.#connected().resolveChat(chatId, signal);
  }

  async requestPairingCode(phone: string, options: PairingCodeOptions): Promise<PairingCode> {
    return await this.#pairing.requestCode(() => this.#browser.client, phone, options);
  }

  close({ logout = false }: { readonly logout?: boolean } = {}): Promise<void> {
    this.#ending ??= this.#end(logout);
    return this.#ending;
  }

  async #start(): Promise<void> {
    try {
      await this.#browser.start();
      // It shows a code, or goes on as the account that it knows.
      if (this.#state === "starting" && !this.#pairing.hasBegun) this.#deadline.begin();
      this.#pulse?.pulse();
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      const isDiskFull = await this.#browser.isDiskFull();
      const circumstances = { isDiskFull, hasProxyFailed: this.#hasProxyFailed };
      this.#finish(endingOfStart(error, circumstances), error);
    }
  }

  #listen(client: Client): void {
    const { context, library } = this.#opening;
    const seen = () => this.#pulse?.seen();
    client.on("qr", (qr) => {
      if (this.#isOver || this.#state === "connected") return;
      seen();
      this.#report({ state: "pairing" });
      this.#pairing.showQr(qr);
    });
    client.on("code", (code) => {
      if (!this.#isOver) this.#pairing.renewCode(code);
    });
    client.on("loading_screen", () => {
      seen();
      this.#deadline.extend();
    });
    client.on("authenticated", () => this.#onAuthenticated());
    client.on("ready", () => this.#onReady(client));
    client.on("message_ack", (_message, ack) => {
      if (ack >= library.MessageAck.ACK_SERVER) this.#pulse?.acknowledged();
    });
    client.on("message_create", seen);
    client.on("change_state", (state) => this.#onState(state));
    client.on("disconnected", (reason) => this.#onState(reason));
    const ended = this.#ended.signal;
    this.#messaging = new Messaging({ client, library, context, ended });
  }

  /** The browser is there: from now on its end is noticed, whatever kind of end it is. */
  async #watch(client: Client): Promise<void> {
    const { pupBrowser, pupPage } = client;
    if (!pupBrowser || !pupPage) return;
    const { wheel, options } = this.#opening;
    const crashed = (cause?: unknown) => void this.#onCrash(cause);
    pupBrowser.on("disconnected", crashed);
    pupPage.on("error", crashed);
    pupPage.on("close", crashed);
    pupPage.on("requestfailed", (request) => {
      const error = request.failure()?.errorText ?? "";
      if (!isProxyError(error)) return;
      this.#hasProxyFailed = true;
      // A proxy that does not know us lets the library wait for a page that never comes.
      if (request.isNavigationRequest()) this.#finish(PROXY_FAILED, error);
    });
    this.#pulse = new PagePulse({
      page: pupPage,
      timeoutMs: options.pingTimeoutMs,
      ended: this.#ended.signal,
      onAnswer: (answer) => this.#onAnswer(answer),
      onSilence: (error) => this.#finish(UNRESPONSIVE, error),
    });
    wheel.add(this.#pulse);
    // The library has a listener of this name that fails; it leaves one alone that is there.
    await pupPage.exposeFunction("onAuthAppStateChangedEvent", async (state: unknown) => {
      if (state === "UNPAIRED_IDLE" && this.#state === "pairing") await refreshQr(pupPage);
    });
  }

  #onAuthenticated(): void {
    if (this.#isOver || this.#state === "connected") return;
    this.#pairing.linked();
    this.#deadline.begin();
    this.#report({ state: "authenticating" });
  }

  /** A page that navigates is ready more than once; a session is not. */
  #onReady(client: Client): void {
    if (this.#isOver || this.#state === "connected") return;
    this.#deadline.end();
    this.#pairing.linked();
    this.#pulse?.seen();
    this.#report({ state: "connected", account: accountOf(client.info) });
    void this.#messaging?.reconcile();
  }

  #onState(state: string): void {
    if (this.#isOver) return;
    this.#pulse?.seen();
    const ending = endingOfState(state, this.#context.settings.proxy !== null);
    if (ending) this.#finish(ending);
  }

  #onAnswer({ state, hasSynced }: PageAnswer): void {
    if (this.#isOver) return;
    const page = this.#browser.client?.pupPage;
    const isWaiting = this.#state === "starting" && this.#deadline.isRunning;
    if (hasSynced && isWaiting && page) announceSynced(page).catch(() => {});
    if (this.#state !== "connected" || state === "CONNECTED") this.#offlineSince = null;
    else this.#offlineSince ??= Date.now();
    const isLost = this.#offlineSince !== null && Date.now() - this.#offlineSince > OFFLINE_MS;
    if (isLost) this.#finish(CONNECTION_LOST);
  }

  async #onCrash(cause: unknown): Promise<void> {
    if (this.#isOver) return;
    const isDiskFull = await this.#browser.isDiskFull();
    this.#finish(isDiskFull ? { ...CRASHED, reason: "disk_full" } : CRASHED, cause);
  }

  /** Arrow function: it is added and removed as a listener. */
  readonly #onAbort = (): void => {
    void this.close();
  };

  /** @throws SESSION_CLOSED */
  #connected(): Messaging {
    if (this.#state === "connected" && this.#messaging !== null) return this.#messaging;
    throw new OrquestaError("SESSION_CLOSED", "the session is not connected");
  }

  get #isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  #finish(ending: Ending, cause?: unknown): void {
    if (this.#ending !== null) return;
    this.#isLoggedOut = ending.afterwards === "log_out";
    this.#context.logger.info("the session has ended", { reason: ending.reason, error: cause });
    this.#report({ state: "closed", ...ending, ...(cause !== undefined && { cause }) });
    void this.close();
  }

  /** Each state once; whoever closes the session knows what comes of it. */
  #report(change: SessionChange): void {
    if (this.#ending !== null || this.#state === change.state) return;
    this.#state = change.state;
    this.#context.report(change);
  }

  async #end(logout: boolean): Promise<void> {
    const isPaired = this.#state === "connected";
    this.#deadline.end();
    if (this.#pulse) this.#opening.wheel.delete(this.#pulse);
    this.#context.signal.removeEventListener("abort", this.#onAbort);
    this.#ended.abort();
    await this.#browser.end({
      logout: logout && isPaired,
      erase: logout || this.#isLoggedOut,
    });
  }
}
