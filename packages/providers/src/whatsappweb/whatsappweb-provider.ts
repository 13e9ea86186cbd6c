import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { defineProvider, OrquestaError, type Provider, parse } from "@orquesta/core";
import { beginsChat, parseChatId } from "../shared/whatsapp/chat-id.ts";
import { endLeftBrowsers, eraseProfilesOf } from "./browser/browser-profile.ts";
import { findChromium } from "./browser/find-chromium.ts";
import { StartPlaces } from "./browser/start-places.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { profileNameOf } from "./profile-key.ts";
import { PulseWheel } from "./pulse-wheel.ts";
import { retried } from "./retried.ts";
import { loadWhatsappWeb } from "./whatsappweb-library.ts";
import {
  type WhatsappWebOptions,
  type WhatsappWebSettings,
  whatsappWebOptionsSchema,
  whatsappWebSettingsSchema,
} from "./whatsappweb-options.ts";
import { WhatsappWebSession } from "./whatsappweb-session.ts";

export type WhatsappWebProvider = Provider<"whatsappweb", WhatsappWebSettings>;

/**
 * WhatsApp in a real Chromium, through whatsapp-web.js. You install both yourself: `whatsapp-web.js@1.34.7`
 * beside this package, and the system's chromium-headless-shell or chromium. They are looked for when the
 * first instance starts.
 * @throws CONFIGURATION_INVALID
 */
export function whatsappweb(options: WhatsappWebOptions): WhatsappWebProvider {
  const parsed = parseOptions(options);
  const dataDir = resolve(parsed.dataDir);
  const places = new StartPlaces(parsed.startConcurrency);
  const wheel = new PulseWheel(parsed.pingIntervalMs);
  const load = retried(loadWhatsappWeb);
  const find = retried(() => findChromium(parsed.chromiumPath));
  let sweeping: Promise<void> | null = null;
  return defineProvider({
    id: "whatsappweb",
    capabilities: capabilitiesOf(parsed),
    parseSettings: (input) => parse(whatsappWebSettingsSchema, input ?? {}, "settings"),
    // Without the library nothing is created that could never start.
    verifySettings: async () => void (await load()),
    parseChatId,
    beginsChat,
    createMessageId: () => `3EB0${randomBytes(9).toString("hex").toUpperCase()}`,
    forget: (instanceId) => eraseProfilesOf({ dataDir, instanceId }),
    open: async (context) => {
      const library = await load();
      const chromium = await find().catch((cause: unknown) => {
        context.logger.error("there is no browser for the session", { error: cause });
        const change = { state: "closed", afterwards: "fail", reason: "browser_missing" } as const;
        context.report({ ...change, cause });
        throw cause;
      });
      sweeping ??= endLeftBrowsers(dataDir, context.logger);
      await sweeping;
      const name = await profileNameOf(context);
      const place = { dataDir, instanceId: context.instanceId };
      return WhatsappWebSession.open({
        context,
        library,
        chromium,
        options: parsed,
        places,
        place,
        name,
        wheel,
      });
    },
  });
}

function parseOptions(options: WhatsappWebOptions) {
  const result = whatsappWebOptionsSchema.safeParse(options);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new OrquestaError(
    "CONFIGURATION_INVALID",
    `options of the provider "whatsappweb" are not valid: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}
