import type { Companion } from "../companion.ts";
import type { Network } from "../network.ts";
import { preparePeer } from "../outgoing-messages.ts";
import { keyShare } from "./app-state.ts";

/** The phone gives a device that is new the key that it needs to arrange chats. */
export function shareAppStateKey(network: Network, companion: Companion): void {
  if (companion.hasAppStateKey) return;
  companion.hasAppStateKey = true;
  const user = network.directory.require(companion.number);
  companion.queue.add(preparePeer(network, user, companion, keyShare(user.appState)));
}
