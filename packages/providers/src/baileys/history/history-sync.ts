import { setImmediate, setTimeout } from "node:timers/promises";
import { type DurableEventMap, isOrquestaError, type Logger, OrquestaError } from "@orquesta/core";
import type { AuthenticationCreds, WASocket } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { CommitQueue } from "../commit-queue.ts";
import type { IncomingMessages, Reading } from "../incoming/incoming-message.ts";
import { toMediumRow, toPollRow } from "../incoming/journaled-message.ts";
import type { OwnAddresses } from "../incoming/stanza-envelope.ts";
import type { MediaDownload } from "../media/media-download.ts";
import { CHAT_ALIAS_TYPE, EVENT_TYPE, MEDIA_TYPE, POLL_TYPE } from "../own-key-types.ts";
import type { SessionStore } from "../session-store.ts";
import { shareWithBaileys } from "./baileys-share.ts";
import { type Batch, type EncodedMessage, HistoryBlob } from "./history-blob.ts";
import type { HistoryNotification } from "./history-notification.ts";
import { inflateBounded } from "./inflate-bounded.ts";
import { envelopeOf } from "./old-message.ts";
import type { PendingHistories } from "./pending-histories.ts";

export interface HistorySyncParts {
  readonly library: BaileysLibrary;
  readonly socket: Pick<WASocket, "ev" | "upsertMessage">;
  readonly download: Pick<MediaDownload, "fetch">;
  readonly histories: PendingHistories;
  readonly incoming: IncomingMessages;
  readonly store: SessionStore;
  readonly queue: CommitQueue;
  readonly creds: AuthenticationCreds;
  readonly logger: Logger;
  readonly ended: AbortSignal;
}

type OldMessage = DurableEventMap["history.received"]["messages"][number];

/** Pauses between the tries of one connection; what stays out of reach is tried on the next one. */
const RETRY_MS = [1_000, 5_000, 30_000, 120_000];

/**
 * Brings the history that the phone uploads into the journal, one part after the other, beside the
 * messages that come in meanwhile. A part that is gone or broken is a line in the log.
 */
export class HistorySync {
  readonly #parts: HistorySyncParts;
  /** Out of reach on this connection. */
  readonly #putAside = new Set<string>();
  #isRunning = false;

  constructor(parts: HistorySyncParts) {
    this.#parts = parts;
  }

  /** Works off what is pending with every connection, and what is told of meanwhile. */
  start(): void {
    const { histories, socket } = this.#parts;
    if (!histories.isWanted) return;
    histories.work = () => this.#wake();
    socket.ev.on("connection.update", ({ connection }) => {
      if (connection === "open") this.#wake();
    });
  }

  #wake(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    const { histories, ended, logger } = this.#parts;
    for (;;) {
      const next = histories.all.find(({ id }) => !this.#putAside.has(id));
      if (next === undefined || ended.aborted) {
        // In the same turn: what is told of next starts a run of its own.
        this.#isRunning = false;
        return;
      }
      try {
        const blob = await this.#fetch(next);
        if (blob !== null) await this.#journal(next, blob);
        await histories.remove(next);
      } catch (cause) {
        if (ended.aborted) return;
        this.#putAside.add(next.id);
        logger.warn("a part of the history waits for the next connection", { id: next.id, cause });
      }
    }
  }

  /** Null when there is nothing to be had, now or later. @throws PLATFORM_UNREACHABLE, ABORTED */
  async #fetch(notification: HistoryNotification): Promise<HistoryBlob | null> {
    const { library, logger, ended } = this.#parts;
    const { id } = notification;
    try {
      const bytes = await this.#download(notification);
      return new HistoryBlob(bytes, library);
    } catch (cause) {
      if (ended.aborted || isOrquestaError(cause, "PLATFORM_UNREACHABLE")) throw cause;
      logger.warn("a part of the history is lost", { id, cause });
      return null;
    }
  }

  async #download(notification: HistoryNotification): Promise<Uint8Array> {
    const { ended, download } = this.#parts;
    const { inline, directPath, mediaKey, sha256 } = notification;
    if (inline !== null) return await inflateBounded([inline], ended);
    const place = { kind: "history", directPath, mediaKey, sha256 } as const;
    for (const pauseMs of [...RETRY_MS, null]) {
      try {
        const stream = await download.fetch(place, ended);
        if (stream !== null) return await inflateBounded(stream, ended);
        break;
      } catch (cause) {
        if (pauseMs === null || !isOrquestaError(cause, "PLATFORM_UNREACHABLE")) throw cause;
        await setTimeout(pauseMs, undefined, { signal: ended });
      }
    }
    throw new OrquestaError("MEDIA_EXPIRED", "WhatsApp's hosts do not have it any more");
  }

  async #journal(notification: HistoryNotification, blob: HistoryBlob): Promise<void> {
    const { socket, library, creds, store, queue, ended } = this.#parts;
    const { me } = creds;
    if (!me) return;
    // First, as the messages name people by both of their addresses.
    await shareWithBaileys(socket, blob.rest, { me, id: notification.id }, library);
    for (const batch of blob.batches()) {
      ended.throwIfAborted();
      const data = await this.#read(notification, batch, me);
      if (data === null) continue;
      await store.set(data);
      // One batch at a time is on its way: what comes in now waits behind one at most.
      await queue.flush();
      await setImmediate();
    }
  }

  /** What has to be stored for a batch; null when nothing in it can be shown. */
  async #read(
    { id, progress }: HistoryNotification,
    batch: Batch,
    me: OwnAddresses,
  ): Promise<Record<string, Record<string, unknown>> | null> {
    const messages: OldMessage[] = [];
    const media: Record<string, unknown> = {};
    const polls: Record<string, unknown> = {};
    const aliases: Record<string, unknown> = {};
    for (const encoded of batch.messages) {
      const reading = await this.#readOne(encoded, me);
      const message = reading && toOldMessage(reading);
      if (!message) continue;
      messages.push(message);
      const { medium, poll, messageId } = reading;
      if (medium) Object.assign(media, toMediumRow(medium.id, medium.locator)[MEDIA_TYPE]);
      if (poll) Object.assign(polls, toPollRow(messageId, poll)[POLL_TYPE]);
      Object.assign(aliases, reading.aliases);
    }
    if (messages.length === 0) return null;
    const dedupeKey = `history|${id}|${batch.index}`;
    const data = { messages, progress };
    const event = { name: "history.received", data, chatId: null, dedupeKey };
    return {
      [EVENT_TYPE]: { [dedupeKey]: event },
      [MEDIA_TYPE]: media,
      [POLL_TYPE]: polls,
      [CHAT_ALIAS_TYPE]: aliases,
    };
  }

  async #readOne({ chat, bytes }: EncodedMessage, me: OwnAddresses): Promise<Reading | null> {
    const { library, incoming } = this.#parts;
    let info: ReturnType<typeof library.proto.WebMessageInfo.decode>;
    try {
      info = library.proto.WebMessageInfo.decode(bytes);
    } catch {
      return null;
    }
    const envelope = info.message ? envelopeOf(info, chat, me) : null;
    if (envelope === null || !info.message) return null;
    return await incoming.readMessage(envelope, info.message);
  }
}

/** Edits, reactions and the like are about a message that the history has in its last state. */
function toOldMessage({ event }: Reading): OldMessage | null {
  if (event.name === "message.received") return { direction: "in", message: event.data.message };
  if (event.name !== "message.sent" || event.data.origin !== "device") return null;
  return { direction: "out", message: event.data.message };
}
