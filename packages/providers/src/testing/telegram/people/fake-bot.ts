import { FakeTelegramError } from "../fake-telegram-error.ts";
import type { Update } from "../wire/types.ts";
import type { ApiCall, BotAccount } from "../world/bot-account.ts";
import { FakeTelegramChat, type Scene } from "./fake-chat.ts";

/** A bot, from BotFather's side: its token, and what it did. */
export class FakeTelegramBot {
  /** @internal */
  readonly account: BotAccount;
  readonly #scene: Scene;
  readonly #cutPolls: (botId: number) => number;

  /** @internal */
  constructor(scene: Scene, account: BotAccount, cutPolls: (botId: number) => number) {
    this.#scene = scene;
    this.account = account;
    this.#cutPolls = cutPolls;
  }

  get id(): number {
    return this.account.id;
  }

  get username(): string {
    return this.account.user.username ?? "";
  }

  get token(): string {
    return this.account.token;
  }

  /** What it called, newest last; only the newest are kept. */
  get calls(): readonly ApiCall[] {
    return this.account.calls.entries;
  }

  /** "typing" and the like, newest last. */
  get actions(): readonly { readonly chatId: number; readonly action: string }[] {
    return this.account.actions.entries;
  }

  /** Updates that it has not confirmed. */
  get pendingUpdates(): readonly Update[] {
    return this.account.updates.pending;
  }

  /** Whether a long poll waits at this moment. */
  get isPolled(): boolean {
    return this.account.updates.isPolled;
  }

  /** "" without a webhook. */
  get webhookUrl(): string {
    return this.account.webhook?.settings.url ?? "";
  }

  /** The chat with a person; empty when they never talked. */
  chatWith(person: { readonly id: number }): FakeTelegramChat {
    const { world } = this.#scene;
    const user = world.users.get(person.id);
    if (!user) throw new FakeTelegramError("UNKNOWN_CHAT", `nobody has the id ${person.id}`);
    return new FakeTelegramChat(this.#scene, world.privateRoom(this.account, user));
  }

  /** The token is refused with 401 from now on. @returns the new one */
  revokeToken(): string {
    this.#scene.world.revokeToken(this.account);
    return this.account.token;
  }

  /** Breaks the connection of its long poll. @returns how many were waiting */
  cutPolls(): number {
    return this.#cutPolls(this.id);
  }

  /** Delivers an update again, under its old id. */
  repeatUpdate(update: Update): void {
    this.account.updates.repeat(update);
  }
}
