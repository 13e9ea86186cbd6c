import type { OutboxContent } from "../message/outgoing-content.ts";
import { shownText } from "../message/shown-text.ts";
import type { Pacing } from "./pacing.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** When the next message of an instance may leave, and whether it may begin a chat. Knows no clock. */
export class Pacer {
  readonly #random: () => number;
  readonly #pacing: Pacing;
  #freeAt = 0;
  /** When chats were begun in the last 24 hours, the earliest first. */
  #begun: number[] = [];

  /** @param begun when chats were begun before, Unix ms */
  constructor(pacing: Pacing, begun: readonly number[] = [], random: () => number = Math.random) {
    this.#pacing = pacing;
    this.#random = random;
    this.#begun = [...begun].sort((a, b) => a - b);
  }

  get limitsNewChats(): boolean {
    return this.#pacing.newChatsPerHour !== null || this.#pacing.newChatsPerDay !== null;
  }

  /** Takes the next turn. @returns when it begins, Unix ms */
  takeTurn(now: number, typingMs: number): number {
    const { gapMs, jitterMs } = this.#pacing;
    const at = Math.max(now, this.#freeAt);
    this.#freeAt = at + typingMs + gapMs + Math.floor(this.#random() * jitterMs);
    return at;
  }

  /** How long somebody would type this, ms. */
  typingMs(content: OutboxContent): number {
    const { typingMsPerCharacter, maxTypingMs } = this.#pacing;
    if (content.type === "edit" || content.type === "status") return 0;
    const { length } = shownText(content) ?? "";
    return Math.min(Math.round(length * typingMsPerCharacter), maxTypingMs);
  }

  /** When a chat may be begun: now, or later. Infinity: not before the pacing changes. */
  mayBeginAt(now: number): number {
    const { newChatsPerHour, newChatsPerDay } = this.#pacing;
    return Math.max(
      now,
      this.#freeOf(newChatsPerHour, HOUR_MS, now),
      this.#freeOf(newChatsPerDay, DAY_MS, now),
    );
  }

  /** A chat is begun, or at least tried. */
  began(now: number): void {
    this.#begun = this.#begun.filter((at) => at > now - DAY_MS);
    if (this.limitsNewChats) this.#begun.push(now);
  }

  #freeOf(limit: number | null, periodMs: number, now: number): number {
    if (limit === null) return now;
    if (limit === 0) return Number.POSITIVE_INFINITY;
    const recent = this.#begun.filter((at) => at > now - periodMs);
    const leaves = recent[recent.length - limit];
    return leaves === undefined ? now : leaves + periodMs;
  }
}
