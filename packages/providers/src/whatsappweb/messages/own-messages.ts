import { BoundedMap } from "../../shared/bounded-map/bounded-map.ts";

const MAX_REMEMBERED = 2_000;

interface Held {
  readonly id: string;
  readonly webChatId: string;
  readonly release: (isOurs: boolean) => void;
}

/**
 * Tells messages that this session sends from those that the account writes on other devices. The page
 * shows both the same way, and ours before it says that they are ours: what is shown while something is
 * being sent waits for the answer.
 */
export class OwnMessages {
  readonly #ours = new BoundedMap<string, true>(MAX_REMEMBERED);
  #underWay = 0;
  #held: Held[] = [];

  /** @param release called with what the message is, at once or when that is known */
  observe(id: string, webChatId: string, release: (isOurs: boolean) => void): void {
    if (this.#ours.get(id)) release(true);
    else if (this.#underWay === 0) release(false);
    else this.#held.push({ id, webChatId, release });
  }

  begin(): void {
    this.#underWay += 1;
  }

  /** Whether the page has shown a message in the chat that may be the one that is being sent. */
  hasShown(webChatId: string): boolean {
    return this.#held.some((held) => held.webChatId === webChatId);
  }

  /** @param outcome null: nothing was sent; without id: nobody knows what became of it */
  end(outcome: { readonly id?: string; readonly webChatId: string } | null): void {
    if (outcome?.id !== undefined) this.#ours.set(outcome.id, true);
    const isLost = outcome !== null && outcome.id === undefined;
    for (const { id, webChatId } of this.#held) {
      if (isLost && webChatId === outcome.webChatId) this.#ours.set(id, true);
    }
    // Whoever sent it writes down that it was sent first: a receipt must find it.
    setImmediate(() => {
      this.#underWay -= 1;
      const held = this.#held;
      this.#held = [];
      for (const { id, webChatId, release } of held) this.observe(id, webChatId, release);
    });
  }
}
