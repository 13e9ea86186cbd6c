import { OrquestaError } from "@orquesta/core";

export type TelegrafLibrary = typeof import("telegraf");

let loading: Promise<TelegrafLibrary> | undefined;

/**
 * Loads telegraf on first use.
 * @throws PROVIDER_LIBRARY_MISSING
 */
export async function loadTelegraf(): Promise<TelegrafLibrary> {
  loading ??= import("telegraf");
  try {
    return await loading;
  } catch (cause) {
    // It may be installed by the next attempt.
    loading = undefined;
    throw new OrquestaError(
      "PROVIDER_LIBRARY_MISSING",
      'the provider "telegram" needs telegraf 4.16.3: npm install telegraf@4.16.3',
      { cause },
    );
  }
}
