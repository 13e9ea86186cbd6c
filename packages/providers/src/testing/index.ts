/**
 * A fake WhatsApp server, to test offline what talks to the real one.
 *
 * ```ts
 * import { FakeWhatsApp } from "@orquesta/providers/testing";
 *
 * await using whatsapp = await FakeWhatsApp.listen();
 * const qr = "2@…"; // what a client shows that has connected to whatsapp.url
 * await whatsapp.phone("5511999990000").scan(qr);
 * const ana = whatsapp.peer("5511988887777", { name: "Ana" });
 * await ana.send("5511999990000", "ping");
 * await ana.waitFor(({ text }) => text === "pong");
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
  type FakeWhatsAppOptions,
  type HangingPoint,
  type PendingDelivery,
  type StreamErrorCode,
} from "./fake-whatsapp.ts";
export { FakeWhatsAppError, type FakeWhatsAppErrorCode } from "./fake-whatsapp-error.ts";
export type { NackRecord, ReceiptRecord, RetryRecord } from "./network/companion.ts";
export type { Group } from "./network/group.ts";
export type { ReceivedMessage } from "./network/inbox.ts";
export type { LinkingRules, WebVersion } from "./network/linking-rules.ts";
export type { FakeWhatsAppLogger } from "./network/network.ts";
export type { InboundHabits } from "./network/phone-inbound.ts";
export type { DecryptionFailure } from "./network/primary-device.ts";
export type { ServerEventMap, ServerEvents } from "./network/server-events.ts";
export type { Peer, PeerSendOptions, PreparedBatch } from "./peer.ts";
export type { Phone } from "./phone.ts";
export { TestProxy, type TestProxyOptions } from "./proxy/test-proxy.ts";
export type { SignalFailure } from "./signal/signal-error.ts";
export type { ForgedCertificate } from "./wire/certificate-chain.ts";
