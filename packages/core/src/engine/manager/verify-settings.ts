import { waitFor } from "../error/abort.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { Provider } from "../provider/provider.ts";

const TIMEOUT_MS = 15_000;

/** Asks the platform whether it takes the settings. @throws VALIDATION_FAILED, PLATFORM_UNREACHABLE, PROXY_FAILED */
export async function verifySettings(provider: Provider, settings: unknown): Promise<void> {
  const giveUp = new AbortController();
  const verified = provider.verifySettings?.(settings, giveUp.signal);
  if (verified === undefined) return;
  verified.catch(() => {});
  try {
    await waitFor(verified, "asking the platform", { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!isOrquestaError(error, "TIMED_OUT")) throw error;
    const message = `${provider.id} could not be asked whether it takes these settings`;
    throw new OrquestaError("PLATFORM_UNREACHABLE", message, { cause: error });
  } finally {
    giveUp.abort();
  }
}
