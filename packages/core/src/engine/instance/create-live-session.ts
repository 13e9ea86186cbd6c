import { isOrquestaError } from "../error/orquesta-error.ts";
import type { Owner } from "../journal/journal.ts";
import type { Provider } from "../provider/provider.ts";
import { LiveSession, type LiveSessionOptions } from "./live-session.ts";
import type { SupervisorServices } from "./supervisor-services.ts";

interface LiveSessionParts extends Pick<LiveSessionOptions, "onEmit" | "onReport" | "onFenceLost"> {
  readonly services: SupervisorServices;
  readonly owner: Owner;
  readonly provider: Provider;
}

/** A session that is not open yet, with what it needs of the engine. */
export function createLiveSession(parts: LiveSessionParts): LiveSession {
  const { services, owner, provider, onEmit, onReport, onFenceLost } = parts;
  const { committer, sessionKeys, outbox, watchdog, media, store, settled, loggerOf } = services;
  const { instanceId } = owner;
  return new LiveSession({
    owner,
    provider,
    keys: sessionKeys.of(instanceId),
    committer,
    outbox,
    watchdog,
    media,
    logger: loggerOf(instanceId, provider.id),
    loadSettings: () => store.settings(instanceId),
    settle: async (entry, result) => {
      try {
        await settled(owner, entry, result);
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
