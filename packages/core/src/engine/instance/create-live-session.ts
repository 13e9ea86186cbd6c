import { isOrquestaError } from "../error/orquesta-error.ts";
import type { Owner } from "../journal/journal.ts";
import type { Provider } from "../provider/provider.ts";
import type { InstanceSending } from "./instance-sending.ts";
import { LiveSession, type LiveSessionOptions } from "./live-session.ts";
import type { SupervisorServices } from "./supervisor-services.ts";

interface LiveSessionParts extends Pick<LiveSessionOptions, "onEmit" | "onReport" | "onFenceLost"> {
  readonly services: SupervisorServices;
  readonly owner: Owner;
  readonly provider: Provider;
  readonly sending: InstanceSending;
}

/** A session that is not open yet, with what it needs of the engine. */
export function createLiveSession(parts: LiveSessionParts): LiveSession {
  const { services, owner, provider, sending, onEmit, onReport, onFenceLost } = parts;
  const { committer, sessionKeys, outbox, waiting, sentIds } = services;
  const { watchdog, media, store, settled } = services;
  const { instanceId } = owner;
  return new LiveSession({
    owner,
    provider,
    keys: sessionKeys.of(instanceId),
    committer,
    outbox,
    waiting,
    sentIds,
    sending,
    watchdog,
    media,
    logger: services.loggerOf(instanceId, provider.id),
    loadSettings: () => store.settings(instanceId),
    settle: async (entry, result, also) => {
      try {
        await settled(owner, entry, result, also);
      } catch (error) {
        if (isOrquestaError(error, "FENCE_LOST")) onFenceLost();
        throw error;
      }
    },
    onEmit,
    onReport,
    onFenceLost,
  });
}
