import type { Readable } from "node:stream";
import type { DurableEvent, SessionContext, SessionOperations } from "@orquesta/core";
import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { BaileysSettings } from "../baileys-options.ts";
import { CallRefusals } from "../calls/call-refusals.ts";
import { IncomingCalls } from "../calls/incoming-calls.ts";
import type { GroupMetadataCache } from "../groups/group-metadata.ts";
import type { MessageSender } from "../outgoing/message-sender.ts";
import { readPresence } from "../presence-events.ts";
import type { SessionParts } from "../session-parts.ts";
import { AutomaticReading } from "../settings/automatic-reading.ts";
import type { LiveSettings } from "../settings/live-settings.ts";
import { BaileysCalls } from "./baileys-calls.ts";
import { BaileysChats } from "./baileys-chats.ts";
import { BaileysContacts } from "./baileys-contacts.ts";
import { BaileysGroups } from "./baileys-groups.ts";
import { BaileysProfile } from "./baileys-profile.ts";
import { NumberLookup } from "./number-lookup.ts";
import type { OperationParts } from "./operation-parts.ts";
import { PlatformQuery } from "./platform-query.ts";
import { openPicture } from "./profile-picture.ts";
import { UnreadMessages } from "./unread-messages.ts";

export interface SessionDeskOptions {
  readonly context: SessionContext<BaileysSettings>;
  readonly library: BaileysLibrary;
  readonly parts: SessionParts;
  readonly settings: LiveSettings;
  readonly groups: GroupMetadataCache;
  readonly socket: () => WASocket;
  readonly sender: () => MessageSender | null;
  readonly download: (url: string, signal: AbortSignal) => Promise<Response>;
  readonly isConnected: () => boolean;
  readonly ended: AbortSignal;
}

/** Everything of a session besides its messages: what callers ask, and what it does by itself. */
export class SessionDesk {
  readonly operations: SessionOperations;
  readonly numbers: NumberLookup;
  readonly #options: SessionDeskOptions;
  readonly #parts: OperationParts;
  readonly #calls: IncomingCalls;
  readonly #refusals: CallRefusals;
  readonly #unread = new UnreadMessages();
  readonly #reading: AutomaticReading;

  constructor(options: SessionDeskOptions) {
    const { context, library, parts, settings, groups, socket, isConnected, ended } = options;
    this.#options = options;
    this.#calls = new IncomingCalls(parts.contacts, () => settings.current.rejectCall);
    this.#parts = {
      library,
      get socket() {
        return socket();
      },
      query: new PlatformQuery({ ended, isConnected }),
      contacts: parts.contacts,
      groups,
      store: parts.store,
      media: context.media,
      me: () => parts.creds.me,
    };
    this.numbers = new NumberLookup(this.#parts);
    const chats = new BaileysChats(this.#parts, this.#unread);
    const calls = new BaileysCalls(this.#parts, this.#calls);
    this.#reading = new AutomaticReading({ chats, settings, ended, logger: context.logger });
    this.#refusals = new CallRefusals({ ...options, calls });
    this.operations = {
      chats,
      groups: new BaileysGroups(this.#parts),
      contacts: new BaileysContacts(this.#parts, this.numbers),
      profile: new BaileysProfile(this.#parts),
      calls,
    };
  }

  /** Journals what the stanza says about a call, and then refuses it where the settings say so. */
  async readCall(stanza: BinaryNode): Promise<void> {
    const reading = await this.#calls.read(stanza);
    if (reading === null) return;
    await this.#options.parts.store.set(reading.data);
    if (reading.toReject !== null) this.#refusals.refuse(reading.toReject);
  }

  /** In memory, at most once: what is lost is not worth a word. */
  async readPresence(stanza: BinaryNode): Promise<void> {
    const { context, parts } = this.#options;
    const event = await readPresence(stanza, parts.contacts).catch(() => null);
    if (event !== null) context.emit(event);
  }

  onCommitted(events: readonly DurableEvent[]): void {
    for (const event of events) {
      if (event.name !== "message.received") continue;
      const { message } = event.data;
      this.#unread.add(message.chatId, message.id);
      this.#reading.consider(message);
    }
  }

  async applySettings(changed: BaileysSettings): Promise<"applied" | "reopen"> {
    const { settings, isConnected, socket } = this.#options;
    const wasOnline = settings.showsOnline;
    if (!settings.change(changed)) return "reopen";
    if (isConnected() && wasOnline !== settings.showsOnline) {
      await socket().sendPresenceUpdate(settings.showsOnline ? "available" : "unavailable");
    }
    return "applied";
  }

  async openPicture(mediaId: string, signal: AbortSignal): Promise<Readable> {
    return await openPicture(this.#parts, mediaId, this.#options.download, signal);
  }
}
