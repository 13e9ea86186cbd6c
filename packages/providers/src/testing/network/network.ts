import type { MediaHost } from "../media/media-host.ts";
import type { PhoneMedia } from "../media/phone-media.ts";
import type { PictureShelf } from "./accounts/picture-shelf.ts";
import type { Companion, CompanionDelivery } from "./companion.ts";
import type { Directory } from "./directory.ts";
import type { ServerEvents } from "./server-events.ts";
import type { NetworkSettings } from "./settings.ts";

/** Reports of what happens; message bodies, keys and codes are never among the fields. */
export interface FakeWhatsAppLogger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What all parts of one fake WhatsApp share. */
export interface Network {
  readonly directory: Directory;
  readonly events: ServerEvents;
  readonly settings: NetworkSettings;
  readonly pictures: PictureShelf;
  /** By their ids. */
  readonly calls: Map<string, { isRejected: boolean }>;
  readonly logger: FakeWhatsAppLogger;
  readonly media: MediaHost;
  readonly phoneMedia: PhoneMedia;
  /** Host and port that clients are told for media. */
  readonly mediaHostname: () => string;
  /** Aborts when the server closes, and with it everything that waits. */
  readonly closed: AbortSignal;
}

/** The name under which a message waits for its receipt. */
export function messageKey(
  { directory }: Network,
  from: string,
  participant: string | undefined,
  id: string,
): string {
  const author = participant === undefined ? "" : directory.chatOf(participant);
  return `message|${directory.chatOf(from)}|${author}|${id}`;
}

/** The name under which a receipt waits for its ack. */
export function receiptKey(
  { directory }: Network,
  from: string,
  type: string | undefined,
  id: string,
): string {
  return `receipt|${directory.chatOf(from)}|${type ?? ""}|${id}`;
}

export function refuse(network: Network, number: string | null, reason: string): void {
  network.logger.warn({ number, reason }, "refused");
  network.events.emit("refused", { number, reason });
}

/** What happens to a delivery when it is written to the account's connection. */
export function announceSent(
  { events }: Network,
  companion: Pick<Companion, "device" | "number">,
  delivery: CompanionDelivery,
  offline: boolean,
): void {
  if (delivery.kind !== "message") return;
  const { number, device } = companion;
  events.emit("sent", { number, device, id: delivery.id, offline });
}
