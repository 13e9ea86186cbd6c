/**
 * Fake platforms, to test offline what talks to the real ones: a WhatsApp server and a Telegram Bot API.
 *
 * ```ts
 * import { FakeTelegram, FakeWhatsApp } from "@orquesta/providers/testing";
 *
 * await using whatsapp = await FakeWhatsApp.listen();
 * const qr = "2@…"; // what a client shows that has connected to whatsapp.url
 * await whatsapp.phone("5511999990000").scan(qr);
 * const ana = whatsapp.peer("5511988887777", { name: "Ana" });
 * await ana.send("5511999990000", "ping");
 * await ana.waitFor(({ text }) => text === "pong");
 *
 * await using telegram = await FakeTelegram.listen();
 * const bot = telegram.createBot(); // its token and telegram.url go to any bot library
 * const rui = telegram.createUser({ firstName: "Rui" });
 * rui.write(bot, "/start");
 * await bot.chatWith(rui).waitFor(({ text }) => text === "welcome");
 * ```
 */
export {
  type FakeWhatsAppControl,
  type FakeWhatsAppControlOptions,
  startFakeWhatsAppControl,
} from "./control-server.ts";
export type { WaitOptions } from "./deadline.ts";
export {
  FakeWhatsApp,
  type HangingPoint,
  type PendingDelivery,
  type StreamErrorCode,
} from "./fake-whatsapp.ts";
export { FakeWhatsAppError, type FakeWhatsAppErrorCode } from "./fake-whatsapp-error.ts";
export type { FakeWhatsAppOptions } from "./fake-whatsapp-options.ts";
export type { MediaHost, MediaPermit } from "./media/media-host.ts";
export type { SealedMediaKind } from "./media/sealed-media.ts";
export type { ChatLook } from "./network/accounts/app-state.ts";
export type { Call, CallOptions } from "./network/accounts/calls.ts";
export type { HistoryMessage, HistoryOptions } from "./network/accounts/history.ts";
export type { NackRecord, ReceiptRecord, RetryRecord } from "./network/companion.ts";
export type { Group } from "./network/group.ts";
export type { ReceivedMessage } from "./network/inbox.ts";
export type { LinkingRules, WebVersion } from "./network/linking-rules.ts";
export type { MediaOptions, Poll } from "./network/message-kinds.ts";
export type { FakeWhatsAppLogger } from "./network/network.ts";
export type { InboundHabits } from "./network/phone-inbound.ts";
export type { DecryptionFailure } from "./network/primary-device.ts";
export type { ServerEventMap, ServerEvents } from "./network/server-events.ts";
export type { Peer } from "./peer.ts";
export type { PeerProfile, PeerSendOptions, PreparedBatch } from "./peer-options.ts";
export type { Phone } from "./phone.ts";
export { TestProxy, type TestProxyOptions } from "./proxy/test-proxy.ts";
export type { SignalFailure } from "./signal/signal-error.ts";
export {
  type BotOptions as FakeTelegramBotOptions,
  FakeTelegram,
  type FakeTelegramOptions,
} from "./telegram/fake-telegram.ts";
export { FakeTelegramError, type FakeTelegramErrorCode } from "./telegram/fake-telegram-error.ts";
export type {
  Fault as FakeTelegramFault,
  FaultHandle as FakeTelegramFaultHandle,
  FaultScope as FakeTelegramFaultScope,
} from "./telegram/faults.ts";
export type { FakeTelegramBot } from "./telegram/people/fake-bot.ts";
export type { FakeTelegramChat } from "./telegram/people/fake-chat.ts";
export type { FakeTelegramUser } from "./telegram/people/fake-user.ts";
export type { RateLimitRules as FakeTelegramRateLimitRules } from "./telegram/rate-limits.ts";
export type {
  Message as TelegramMessage,
  MessageBody as TelegramMessageBody,
  Update as TelegramUpdate,
} from "./telegram/wire/types.ts";
export type { ApiCall as FakeTelegramCall } from "./telegram/world/bot-account.ts";
export {
  FakeWhatsAppWeb,
  type FakeWhatsAppWebOptions,
  type WebLaunch,
} from "./web/fake-whatsapp-web.ts";
export type { PageFaults } from "./web/protocol.ts";
export type { PageState, WebPage } from "./web/web-page.ts";
export type { PhoneMedia, PhoneSendOptions, WebPhone } from "./web/web-phone.ts";
export type { ForgedCertificate } from "./wire/certificate-chain.ts";
