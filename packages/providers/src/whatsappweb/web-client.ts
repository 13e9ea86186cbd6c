import type { AuthStrategy, Client, ClientOptions } from "whatsapp-web.js";
import type { makeLaunchOptions } from "./browser/launch-options.ts";
import type { WhatsappWebLibrary } from "./whatsappweb-library.ts";

export interface WebClientParts {
  readonly library: WhatsappWebLibrary;
  readonly launch: ReturnType<typeof makeLaunchOptions>;
  readonly userAgent: string;
  readonly proxyCredentials: { readonly username: string; readonly password: string } | null;
  readonly deviceName: string | undefined;
  readonly authTimeoutMs: number;
  /** The browser is there and has nothing loaded yet. What this throws ends the start. */
  onBrowser(client: Client): Promise<void>;
  /** WhatsApp Web was loaded again, and the library could not take hold of it. */
  onLost(error: unknown): void;
}

/** What the types of the library leave out. */
interface Internals {
  inject(): Promise<void>;
  destroy(): Promise<void>;
}

/**
 * The library's client, with the doors closed through which failures of its own would become unhandled
 * rejections of the whole process. Its option to pair by code is not used: it asks for the code without
 * waiting for the answer.
 */
export function makeWebClient(parts: WebClientParts): Client {
  const { library, launch, userAgent, proxyCredentials, deviceName, authTimeoutMs } = parts;
  // The library writes into what it is given, and shares what it is not between its clients.
  const options: ClientOptions = {
    authStrategy: ownStrategy(() => parts.onBrowser(client)),
    webVersionCache: { type: "none" },
    authTimeoutMs,
    qrMaxRetries: 0,
    takeoverOnConflict: false,
    takeoverTimeoutMs: 0,
    pairWithPhoneNumber: { phoneNumber: "", showNotification: true, intervalMs: 180_000 },
    userAgent,
    puppeteer: launch,
    ...(deviceName !== undefined && { deviceName }),
    ...(proxyCredentials !== null && { proxyAuthentication: { ...proxyCredentials } }),
  };
  const client = new library.Client(options);
  contain(client, parts.onLost);
  return client;
}

/**
 * The profile is ours, so there is nothing for a strategy to do; but it is called when the browser is
 * there, and again when the account was logged out, where nobody hears what goes wrong.
 */
function ownStrategy(onBrowser: () => Promise<void>): AuthStrategy {
  const nothing = async () => {};
  let isThere = false;
  const onBrowserOnce = async () => {
    if (isThere) return;
    isThere = true;
    await onBrowser();
  };
  return {
    setup: () => {},
    beforeBrowserInitialized: nothing,
    afterBrowserInitialized: onBrowserOnce,
    onAuthenticationNeeded: async () => ({ failed: false }),
    getAuthEventPayload: nothing,
    afterAuthReady: nothing,
    disconnect: nothing,
    destroy: nothing,
    logout: nothing,
  };
}

/** The first `inject` is awaited by `initialize`; after a navigation, and when it gives up, nobody waits. */
function contain(client: Client, onLost: (error: unknown) => void): void {
  // Bridge: neither is in the types, both are methods of the class.
  const internals = client as unknown as Internals;
  const inject = internals.inject.bind(client);
  const destroy = internals.destroy.bind(client);
  let isFirst = true;
  internals.inject = async () => {
    if (!isFirst) return await inject().catch(onLost);
    isFirst = false;
    return await inject();
  };
  internals.destroy = () => destroy().catch(() => {});
}
