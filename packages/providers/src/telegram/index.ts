export type { TelegramOptions, TelegramSettings } from "./telegram-options.ts";
export { type TelegramProvider, telegram } from "./telegram-provider.ts";
