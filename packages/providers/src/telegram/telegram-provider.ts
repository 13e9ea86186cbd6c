import { randomUUID } from "node:crypto";
import { defineProvider, OrquestaError, type Provider, parse } from "@orquesta/core";
import { telegramCapabilities } from "./capabilities.ts";
import { parseChatId } from "./chat-id.ts";
import { verifyToken } from "./connection.ts";
import {
  type TelegramOptions,
  type TelegramSettings,
  telegramOptionsSchema,
  telegramSettingsSchema,
} from "./telegram-options.ts";
import { TelegramSession } from "./telegram-session.ts";

/** Beyond the time that a question for updates stays open. */
const SILENCE_MS = 30_000;

export type TelegramProvider = Provider<"telegram", TelegramSettings>;

/**
 * Telegram bots through telegraf, which you install yourself: `telegraf@4.16.3`. It is loaded when the
 * first instance is created.
 * @throws CONFIGURATION_INVALID
 */
export function telegram(options: TelegramOptions = {}): TelegramProvider {
  const parsed = parseOptions(options);
  return defineProvider({
    id: "telegram",
    capabilities: telegramCapabilities(parsed.pollSeconds * 1000 + SILENCE_MS),
    parseSettings: (input) => parse(telegramSettingsSchema, input ?? {}, "settings"),
    verifySettings: (settings, signal) => verifyToken(settings, parsed, signal),
    parseChatId,
    createMessageId: randomUUID,
    open: (context) => TelegramSession.open({ context, options: parsed }),
  });
}

function parseOptions(options: TelegramOptions) {
  const result = telegramOptionsSchema.safeParse(options);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new OrquestaError(
    "CONFIGURATION_INVALID",
    `options of the provider "telegram" are not valid: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}
