import { OrquestaError } from "../error/orquesta-error.ts";
import type { Supervisor } from "../instance/supervisor.ts";
import type { OpenRemote } from "../media/downloads.ts";

/** Asks the session of an instance for the bytes of a medium. */
export function openRemoteBy(
  supervisorOf: (instanceId: string) => Promise<Supervisor>,
): OpenRemote {
  return async (instanceId, mediaId, signal) => {
    const supervisor = await supervisorOf(instanceId);
    const session = supervisor.connectedSession();
    if (session.openMedia) return session.openMedia(mediaId, signal);
    const message = `${supervisor.provider.id} cannot fetch media`;
    throw new OrquestaError("CAPABILITY_MISSING", message);
  };
}
