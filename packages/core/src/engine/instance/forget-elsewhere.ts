import type { Logger } from "../log/logger.ts";
import type { Provider } from "../provider/provider.ts";

/** Has a provider erase what it keeps besides the session keys. What it cannot erase stops nothing. */
export async function forgetElsewhere(
  provider: Provider,
  instanceId: string,
  logger: Logger,
): Promise<void> {
  try {
    await provider.forget?.(instanceId);
  } catch (error) {
    logger.error("the provider could not erase what it keeps of the instance", { error });
  }
}
