import { OrquestaError } from "@orquesta/core";

export type WhatsappWebLibrary = typeof import("whatsapp-web.js");

const PACKAGE = "whatsapp-web.js";
const VERSION = "1.34.7";

/** @throws PROVIDER_LIBRARY_MISSING */
export async function loadWhatsappWeb(): Promise<WhatsappWebLibrary> {
  try {
    // CommonJS that builds its exports as it runs: they are all in `default`.
    const { default: library } = await import("whatsapp-web.js");
    return library;
  } catch (cause) {
    throw new OrquestaError(
      "PROVIDER_LIBRARY_MISSING",
      `the provider "whatsappweb" needs the package ${PACKAGE}@${VERSION}; install it beside @orquesta/providers`,
      { cause },
    );
  }
}
