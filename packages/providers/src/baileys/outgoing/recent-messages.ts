import type { WASocket } from "@whiskeysockets/baileys";

/**
 * Keeps Baileys from remembering messages. It would hold every one of them for five minutes, those
 * that came in too, each with a timer that keeps alive what its transaction had read: sessions, keys.
 * What is asked for again is always a message of ours, and `getMessage` finds it where it is stored.
 */
export function keepNoRecentMessages({ messageRetryManager }: WASocket): void {
  if (messageRetryManager) messageRetryManager.addRecentMessage = () => {};
}
