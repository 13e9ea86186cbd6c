import { setTimeout as wait } from "node:timers/promises";
import { waitFor } from "../error/abort.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import type { OutboxContent } from "../message/outgoing-content.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { WaitingReason } from "../outbox/outbox-view.ts";
import { Breaker } from "../pacing/breaker.ts";
import type { KnownChats } from "../pacing/known-chats.ts";
import { Pacer } from "../pacing/pacer.ts";
import type { Pacing } from "../pacing/pacing.ts";
import type { Restriction } from "../pacing/restriction.ts";
import type { Provider } from "../provider/provider.ts";
import type { Session } from "../provider/session.ts";

export interface SendingGateOptions {
  readonly instanceId: string;
  readonly provider: Provider;
  readonly knownChats: KnownChats;
  readonly pacing: Pacing;
  readonly restriction: Restriction | null;
}

/** What a message may do now. */
export type Verdict =
  | { readonly kind: "go" | "refuse" }
  | { readonly kind: "wait"; readonly reason: WaitingReason };

const DAY_MS = 86_400_000;
/** More than any budget that limits anything. */
const MAX_BEGUN = 100_000;
const PRESENCE_TIMEOUT_MS = 3000;
const GO: Verdict = { kind: "go" };
/** They concern a message that is in the chat already. */
const BEGINS_NOTHING: readonly OutboxContent["type"][] = ["reaction", "edit", "delete"];

/** Whether and when the messages of one instance leave: pacing, and what the platform forbids the account. */
export class SendingGate {
  readonly breaker: Breaker;
  readonly #options: SendingGateOptions;
  #pacer: Pacer;
  #pacing: Pacing;
  #counted = false;

  constructor(options: SendingGateOptions) {
    this.#options = options;
    this.breaker = new Breaker(options.restriction);
    this.#pacing = options.pacing;
    this.#pacer = new Pacer(options.pacing);
  }

  change(pacing: Pacing): void {
    this.#pacing = pacing;
    this.#pacer = new Pacer(pacing);
    this.#counted = false;
  }

  /** @param behind chats wait that may not be overtaken */
  async ask(entry: OutboxEntry, behind: boolean): Promise<Verdict> {
    const { instanceId, provider, knownChats } = this.#options;
    const { id, chatId, content } = entry;
    const guarded = this.breaker.restriction !== null || this.#pacer.limitsNewChats;
    if (!(guarded || behind) || content.type === "status") return GO;
    // What it is about may wait itself: then it comes behind that.
    if (!behind && BEGINS_NOTHING.includes(content.type)) return GO;
    if (provider.beginsChat?.(chatId) === false) return GO;
    if (await knownChats.isKnown(instanceId, chatId)) return GO;
    await this.#count();
    const now = Date.now();
    const restricted = this.breaker.restriction !== null;
    const answer = this.breaker.ask(id, now);
    if (answer === "wait") return { kind: "wait", reason: "restriction" };
    if (answer === "refuse") return { kind: "refuse" };
    if (!restricted && (behind || this.#pacer.mayBeginAt(now) > now)) {
      return { kind: "wait", reason: "new_chat_budget" };
    }
    this.#pacer.began(now);
    return GO;
  }

  /** When it is worth to ask again for a chat that waits, Unix ms. */
  async opensAt(): Promise<number> {
    await this.#count();
    const now = Date.now();
    if (this.breaker.restriction !== null) {
      return this.breaker.probing ? Number.POSITIVE_INFINITY : now;
    }
    return this.#pacer.mayBeginAt(now);
  }

  /** Waits for the message's turn and shows that somebody types. @throws AbortError */
  async takeTurn(session: Session, entry: OutboxEntry, signal: AbortSignal): Promise<void> {
    const { gapMs, jitterMs } = this.#pacing;
    const setPresence = session.operations?.chats?.setPresence?.bind(session.operations.chats);
    const typingMs = setPresence ? this.#pacer.typingMs(entry.content) : 0;
    if (gapMs + jitterMs + typingMs === 0) return;
    const now = Date.now();
    await pause(this.#pacer.takeTurn(now, typingMs) - now, signal);
    if (!setPresence || typingMs === 0) return;
    // Nobody misses it when the platform does not show it.
    const show = async (presence: "typing" | "paused") => {
      const shown = setPresence(entry.chatId, presence, signal);
      await waitFor(shown, presence, { timeoutMs: PRESENCE_TIMEOUT_MS, signal }).catch(() => {});
    };
    await show("typing");
    await pause(typingMs, signal);
    await show("paused");
  }

  hear(event: JournalEvent): void {
    this.breaker.hear(event);
  }

  /** Chats that were begun before count, too. */
  async #count(): Promise<void> {
    if (this.#counted || !this.#pacer.limitsNewChats) return;
    const { instanceId, knownChats } = this.#options;
    const begun = await knownChats.begunSince(instanceId, Date.now() - DAY_MS, MAX_BEGUN);
    if (this.#counted) return;
    this.#counted = true;
    this.#pacer = new Pacer(this.#pacing, begun);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal, ref: false });
}
