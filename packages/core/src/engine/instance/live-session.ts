import { waitFor } from "../error/abort.ts";
import { isDiskFull } from "../error/disk-full.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { EphemeralEvent } from "../event/instance-event.ts";
import type { Owner } from "../journal/journal.ts";
import type { Logger } from "../log/logger.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { SentIds } from "../outbox/sent-ids.ts";
import type { WaitingOutbox } from "../outbox/waiting-outbox.ts";
import type { Provider } from "../provider/provider.ts";
import type { Session } from "../provider/session.ts";
import type { SessionChange } from "../provider/session-change.ts";
import type { Change, KeptMedia, SessionContext } from "../provider/session-context.ts";
import { NO_EVIDENCE, type SessionEvidence } from "../provider/session-evidence.ts";
import type { SessionKeys } from "../provider/session-keys.ts";
import type { Committer } from "./committer.ts";
import type { InstanceSending } from "./instance-sending.ts";
import type { OutboxPump, OutboxPumpOptions } from "./outbox-pump.ts";
import type { Watchdog, Watched } from "./watchdog.ts";
import { overdueFrom } from "./watchdog-options.ts";

export interface LiveSessionOptions {
  readonly owner: Owner;
  readonly provider: Provider;
  readonly keys: SessionKeys;
  readonly committer: Committer;
  readonly outbox: Outbox;
  readonly waiting: WaitingOutbox;
  readonly sentIds: SentIds;
  readonly sending: InstanceSending;
  readonly logger: Logger;
  readonly watchdog: Watchdog;
  readonly media: KeptMedia;
  loadSettings(): Promise<unknown>;
  readonly settle: OutboxPumpOptions["settle"];
  onEmit(event: EphemeralEvent): void;
  /** At most one `closed`, as the last report; none after `close` was called. */
  onReport(change: SessionChange): void;
  onFenceLost(): void;
}

const OPEN_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 10_000;
const APPLY_TIMEOUT_MS = 10_000;

/** One session of a provider, behind an error boundary: whatever it throws or withholds stays in here. */
export class LiveSession implements Watched {
  readonly #options: LiveSessionOptions;
  readonly #ending = new AbortController();
  #opening: Promise<void> = Promise.resolve();
  #session: Session | null = null;
  #pump: OutboxPump | null = null;
  #closing: Promise<void> | null = null;
  #reportedClosed = false;
  #state: SessionChange["state"] | "opening" = "opening";
  /** When the state began, or the session opened, whichever is later. */
  #since = 0;
  /** After this nothing of the session may be stored: a newer one may hold the keys. */
  #sealedOff = false;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
  }

  get session(): Session | null {
    return this.#session;
  }

  /** Fires when the session is told to end. */
  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  /** What proves that the session is alive; nothing does when it throws instead of telling. */
  evidence(): SessionEvidence {
    if (this.#session === null) return NO_EVIDENCE;
    try {
      return this.#session.evidence();
    } catch (error) {
      this.#options.logger.warn("session cannot tell whether it is alive", { error });
      return NO_EVIDENCE;
    }
  }

  overdueFrom(): number {
    if (this.#session === null || this.#reportedClosed) return Number.POSITIVE_INFINITY;
    const { provider, watchdog } = this.#options;
    return overdueFrom(watchdog.options, {
      state: this.#state,
      since: this.#since,
      lastSeenAt: this.evidence().lastSeenAt,
      maxSilenceMs: provider.capabilities.maxSilenceMs,
    });
  }

  onOverdue(): void {
    const { lastSeenAt } = this.evidence();
    this.#options.logger.warn("session shows no sign of life and is replaced", {
      silentMs: Date.now() - (lastSeenAt ?? this.#since),
    });
    this.#report({ state: "closed", afterwards: "reconnect", reason: "unresponsive" });
  }

  /** Begins to open; how it goes is reported. */
  open(): void {
    this.#opening = this.#open();
  }

  /** The session once it is open; null when it did not open. Never rejects. */
  async opened(): Promise<Session | null> {
    await this.#opening;
    return this.#session;
  }

  /** @returns whether the session has the settings now; if not, only a new one can have them */
  async applySettings(settings: unknown): Promise<boolean> {
    try {
      const applying = this.#session?.applySettings?.(settings);
      if (applying === undefined) return false;
      const timeoutMs = APPLY_TIMEOUT_MS;
      return (await waitFor(applying, "applying settings", { timeoutMs })) === "applied";
    } catch (error) {
      this.#options.logger.warn("session could not take the settings over", { error });
      return false;
    }
  }

  /** Tells the session to end, without waiting for it. */
  abort(): void {
    this.#pump?.close();
    this.#ending.abort();
  }

  /** Ends the session and waits for it, within bounds; idempotent, never rejects. */
  close(options: { readonly logout?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  async #open(): Promise<void> {
    const { provider, loadSettings, logger } = this.#options;
    try {
      const settings = await loadSettings();
      const opening = provider.open(this.#context(settings));
      opening.then(
        (session) => this.#takeLate(session),
        () => {},
      );
      this.#session = await waitFor(opening, "opening a session", {
        timeoutMs: OPEN_TIMEOUT_MS,
        signal: this.#ending.signal,
      });
      this.#since = Date.now();
      if (!this.#reportedClosed) this.#options.watchdog.add(this);
      // The provider may have reported `connected` before it returned the session.
      this.#startPump();
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      logger.error("session could not be opened", { error });
      const hopeless =
        isOrquestaError(error, "PROVIDER_LIBRARY_MISSING") ||
        isOrquestaError(error, "SESSION_KEYS_UNREADABLE") ||
        isOrquestaError(error, "VALIDATION_FAILED");
      this.#report({
        state: "closed",
        afterwards: hopeless ? "fail" : "reconnect",
        reason: isOrquestaError(error, "TIMED_OUT") ? "unresponsive" : "crashed",
        cause: error,
      });
    }
  }

  /** A session that opens after we gave up on it must not live on unseen. */
  #takeLate(session: Session): void {
    if (this.#sealedOff || this.#reportedClosed) void this.#end(session, {});
  }

  async #close({ logout = false }: { readonly logout?: boolean }): Promise<void> {
    this.#reportedClosed = true;
    this.#options.watchdog.delete(this);
    this.#pump?.close();
    if (!logout) this.#ending.abort();
    await waitFor(this.#opening, "opening a session", { timeoutMs: 1000 }).catch(() => {});
    if (this.#session) await this.#end(this.#session, { logout });
    this.#ending.abort();
    this.#sealedOff = true;
  }

  async #end(session: Session, options: { readonly logout?: boolean }): Promise<void> {
    try {
      await waitFor(session.close(options), "closing a session", { timeoutMs: CLOSE_TIMEOUT_MS });
    } catch (error) {
      this.#options.logger.warn("session did not close in time", { error });
    }
  }

  #context(settings: unknown): SessionContext<unknown> {
    const { owner, keys, media, logger, onEmit } = this.#options;
    return {
      instanceId: owner.instanceId,
      settings,
      keys,
      media,
      signal: this.#ending.signal,
      logger,
      commit: (change) => this.#commit(change),
      emit: (event) => {
        if (!this.#reportedClosed) onEmit(event);
      },
      report: (change) => this.#report(change),
    };
  }

  async #commit(change: Change): Promise<void> {
    const { committer, owner, onFenceLost } = this.#options;
    if (this.#sealedOff) {
      throw new OrquestaError("SESSION_CLOSED", "the session is closed: it may not store anything");
    }
    try {
      await committer.commit(owner, change);
    } catch (error) {
      if (isOrquestaError(error, "FENCE_LOST")) onFenceLost();
      throw error;
    }
  }

  #report(change: SessionChange): void {
    if (this.#reportedClosed) return;
    if (change.state === "closed") {
      this.#reportedClosed = true;
      this.#options.watchdog.delete(this);
      this.#pump?.close();
    }
    this.#state = change.state;
    this.#since = Date.now();
    this.#options.onReport(whyReallyClosed(change));
    if (change.state === "connected") this.#startPump();
  }

  #startPump(): void {
    if (this.#state !== "connected" || !this.#session || this.#pump || this.#reportedClosed) return;
    const { owner, outbox, waiting, sentIds, sending, provider, logger, settle } = this.#options;
    this.#pump = sending.start({
      instanceId: owner.instanceId,
      outbox,
      waiting,
      sentIds,
      session: this.#session,
      capabilities: provider.capabilities,
      logger,
      settle,
    });
  }
}

/** A session ends in many ways when nothing can be stored; one of them helps who looks into it. */
function whyReallyClosed(change: SessionChange): SessionChange {
  const isCrash = change.state === "closed" && change.reason === "crashed";
  return isCrash && isDiskFull(change.cause) ? { ...change, reason: "disk_full" } : change;
}
