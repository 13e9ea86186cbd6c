export type { WhatsappWebOptions, WhatsappWebSettings } from "./whatsappweb-options.ts";
export { type WhatsappWebProvider, whatsappweb } from "./whatsappweb-provider.ts";
