import type { Readable } from "node:stream";
import {
  type Afterwards,
  type DurableEvent,
  isOrquestaError,
  NO_EVIDENCE,
  OrquestaError,
  type OutboxMessage,
  type PairingCode,
  type PairingCodeOptions,
  type Sent,
  type Session,
  type SessionChange,
  type SessionContext,
  type SessionEvidence,
  type SessionOperations,
} from "@orquesta/core";
import type { ConnectionState, WASocket } from "@whiskeysockets/baileys";
import type { BoundedMap } from "../shared/bounded-map/bounded-map.ts";
import type { BaileysLibrary } from "./baileys-library.ts";
import {
  type BaileysSettings,
  baileysSettingsSchema,
  type ParsedBaileysOptions,
} from "./baileys-options.ts";
import { ConnectionEvidence } from "./connection-evidence.ts";
import { saveCredentials } from "./credentials.ts";
import { type Ending, endingOf, readDisconnect } from "./disconnect-reason.ts";
import { GroupMetadataCache } from "./groups/group-metadata.ts";
import { SessionMedia } from "./media/session-media.ts";
import { notConnected } from "./not-connected.ts";
import { openSocket } from "./open-socket.ts";
import { isPictureId } from "./operations/profile-picture.ts";
import { SessionDesk } from "./operations/session-desk.ts";
import { MessageSender } from "./outgoing/message-sender.ts";
import type { OutgoingGate } from "./outgoing/outgoing-gate.ts";
import { makeSentChats } from "./outgoing/sent-chats.ts";
import { ServerAcks } from "./outgoing/server-acks.ts";
import { accountOf } from "./own-account.ts";
import { alreadyPaired, Pairing } from "./pairing.ts";
import { makeSessionParts, type SessionParts } from "./session-parts.ts";
import { LiveSettings } from "./settings/live-settings.ts";
import { fetchBy, ProxyRoute } from "./settings/proxy-route.ts";
import { settle } from "./settle.ts";
import { endSocket, type RawWebSocket } from "./socket-ending.ts";
import { listen } from "./socket-listeners.ts";
import { StanzaReader } from "./stanza-reader.ts";
import { endingOfRefusal } from "./upgrade-refusal.ts";
import { VersionInUse } from "./version-in-use.ts";
import type { WebVersions } from "./web-versions.ts";

const LOGOUT_TIMEOUT_MS = 5_000;
const FLUSH_TIMEOUT_MS = 2_000;

export interface BaileysSessionOptions {
  readonly context: SessionContext<BaileysSettings>;
  readonly library: BaileysLibrary;
  readonly options: ParsedBaileysOptions;
  readonly versions: WebVersions;
  /** QR codes that earlier sessions have shown in vain, by instance. */
  readonly qrCounts: BoundedMap<string, number>;
}

/** One connection of one account: one Baileys socket, never used again once it has ended. */
export class BaileysSession implements Session {
  readonly #context: SessionContext<BaileysSettings>;
  readonly #ended = new AbortController();
  readonly #evidence = new ConnectionEvidence();
  #parts: SessionParts | null = null;
  #socket: WASocket | null = null;
  #raw: RawWebSocket | null = null;
  #gate: OutgoingGate | null = null;
  #sender: MessageSender | null = null;
  /** Null when the account was linked before. */
  #pairing: Pairing | null = null;
  #version: VersionInUse | null = null;
  #proxy: ProxyRoute | null = null;
  #desk: SessionDesk | null = null;
  #media: SessionMedia | null = null;
  #isConnected = false;
  #closing: Promise<void> | null = null;

  private constructor(context: SessionContext<BaileysSettings>) {
    this.#context = context;
  }

  /** @throws SESSION_KEYS_UNREADABLE, ABORTED */
  static async open(options: BaileysSessionOptions): Promise<BaileysSession> {
    const session = new BaileysSession(options.context);
    await session.#open(options);
    return session;
  }

  get native(): WASocket | null {
    return this.#socket;
  }

  evidence(): SessionEvidence {
    return this.#ended.signal.aborted ? NO_EVIDENCE : this.#evidence.current;
  }

  async send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    if (!this.#isConnected || this.#sender === null) throw notConnected();
    return await this.#sender.send(message, signal);
  }

  get operations(): SessionOperations {
    return this.#desk?.operations ?? {};
  }

  async resolveChat(chatId: string, signal: AbortSignal): Promise<string> {
    return (await this.#desk?.numbers.resolveChat(chatId, signal)) ?? chatId;
  }

  async applySettings(settings: unknown): Promise<"applied" | "reopen"> {
    return (await this.#desk?.applySettings(baileysSettingsSchema.parse(settings))) ?? "reopen";
  }

  async openMedia(mediaId: string, signal: AbortSignal): Promise<Readable> {
    if (this.#desk === null || this.#media === null) throw notConnected();
    if (isPictureId(mediaId)) return await this.#desk.openPicture(mediaId, signal);
    return await this.#media.open(mediaId, signal);
  }

  async requestPairingCode(phone: string, options: PairingCodeOptions): Promise<PairingCode> {
    if (this.#pairing === null) throw alreadyPaired();
    return await this.#pairing.requestCode(phone, options);
  }

  close({ logout = false }: { readonly logout?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(logout);
    return this.#closing;
  }

  async #open(opening: BaileysSessionOptions): Promise<void> {
    const { context, library, options, versions } = opening;
    const onFailure = (cause: unknown) => this.#fail(cause);
    const hold = (durable: Promise<void>) => void this.#holdDuring(durable);
    const { signal } = context;
    const sentChats = makeSentChats();
    const acks = new ServerAcks(this.#evidence);
    const settings = new LiveSettings(context.settings);
    const onCommitted = (events: readonly DurableEvent[]) => this.#desk?.onCommitted(events);
    const [parts, version] = await Promise.all([
      makeSessionParts({ context, library, settings, sentChats, hold, onFailure, onCommitted }),
      VersionInUse.choose(versions, library, context.logger),
    ]);
    if (signal.aborted) throw new OrquestaError("ABORTED", "the session was not wanted any more");
    this.#parts = parts;
    this.#version = version;
    const groups = new GroupMetadataCache((jid) => this.#requireSocket().groupMetadata(jid));
    const durably = (work: () => Promise<void>) => this.#durably(work);
    const desk = new SessionDesk({
      context,
      library,
      parts,
      settings,
      groups,
      socket: () => this.#requireSocket(),
      sender: () => this.#sender,
      download: (url, aborted) => fetchBy(this.#proxy, url, aborted),
      isConnected: () => this.#isConnected,
      ended: this.#ended.signal,
    });
    this.#desk = desk;
    const stanzas = new StanzaReader({ parts, groups, acks, desk, durably });
    const isOver = () => this.#ended.signal.aborted || this.#gate?.isShut === true;
    this.#proxy = ProxyRoute.of(context.settings.proxy);
    const proxy = this.#proxy;
    const own = { context, library, options, version, stanzas, settings, proxy };
    const { socket, raw, gate } = openSocket({ ...parts, ...own, isOver, onFailure });
    this.#socket = socket;
    this.#raw = raw;
    this.#gate = gate;
    this.#evidence.watch(socket);
    const ended = this.#ended.signal;
    this.#media = new SessionMedia({ ...opening, ...parts, socket, proxy: this.#proxy });
    const { uploader } = this.#media;
    this.#sender = new MessageSender({ ...parts, uploader, socket, acks, sentChats, ended });
    this.#listen(socket, stanzas);
    if (!parts.creds.me) this.#pairing = this.#pair(opening, socket);
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  #pair({ context, options, qrCounts }: BaileysSessionOptions, socket: WASocket): Pairing {
    return new Pairing({
      context,
      socket,
      qrTimeoutMs: options.qrTimeoutMs,
      qrCounts,
      ended: this.#ended.signal,
      report: (change) => this.#report(change),
      finish: (ending) => this.#finish(ending),
    });
  }

  async #holdDuring(durable: Promise<void>): Promise<void> {
    await this.#gate?.holdDuring(durable);
    // Baileys gathers its events for a while and looks through all of them for each new one. We have
    // what they tell already.
    this.#socket?.ev.flush();
  }

  #listen(socket: WASocket, stanzas: StanzaReader): void {
    listen(socket, {
      onStanza: (stanza) => stanzas.read(stanza),
      onRefusal: (response) => this.#finish(endingOfRefusal(response)),
      onConnection: (update) => this.#onConnection(update),
      onCredentials: () => {
        const parts = this.#parts;
        if (parts) this.#durably(() => saveCredentials(parts.store, parts.creds));
      },
    });
  }

  #onConnection(update: Partial<ConnectionState>): void {
    if (this.#ended.signal.aborted) return;
    if (update.qr || update.connection === "open") this.#version?.accepted();
    if (update.connection === "open") this.#onOpen();
    if (update.connection === "close") {
      const cause = update.lastDisconnect?.error;
      const ending = endingOf(readDisconnect(cause));
      this.#finish(this.#version?.amend(ending) ?? this.#pairing?.amend(ending) ?? ending, cause);
    }
  }

  #onOpen(): void {
    const me = this.#parts?.creds.me;
    if (!me) return;
    this.#isConnected = true;
    this.#report({ state: "connected", account: accountOf(me) });
  }

  /** Arrow function: it is added and removed as a listener. */
  readonly #onAbort = (): void => {
    void this.close();
  };

  /** Holds the gate while `work` makes something durable; its failure ends the session. */
  #durably(work: () => Promise<void>): void {
    if (this.#ended.signal.aborted) return;
    const done = work().catch((cause: unknown) => {
      this.#fail(cause);
      throw cause;
    });
    if (this.#gate) void this.#gate.holdDuring(done);
    else done.catch(() => {});
  }

  /** Something could not be stored or read: the server must hear nothing more from us. */
  #fail(cause: unknown): void {
    this.#gate?.shut();
    const isUnreadable = isOrquestaError(cause, "SESSION_KEYS_UNREADABLE");
    const afterwards: Afterwards = isUnreadable ? "fail" : "reconnect";
    this.#finish({ afterwards, reason: isUnreadable ? "bad_session" : "crashed" }, cause);
  }

  #finish(ending: Ending, cause?: unknown): void {
    if (this.#ended.signal.aborted || this.#socket === null) return;
    this.#dispose();
    this.#report({ state: "closed", ...ending, ...(cause !== undefined && { cause }) });
  }

  /** Whoever closes the session knows what comes of it. */
  #report(change: SessionChange): void {
    if (this.#closing === null) this.#context.report(change);
  }

  async #close(logout: boolean): Promise<void> {
    const { signal } = this.#ended;
    if (signal.aborted || this.#socket === null) return;
    const isConnected = this.#isConnected;
    this.#isConnected = false;
    await settle(this.#parts?.queue.flush(), FLUSH_TIMEOUT_MS);
    if (logout && isConnected && !signal.aborted) {
      await settle(this.#socket.logout(), LOGOUT_TIMEOUT_MS);
    }
    this.#dispose();
  }

  /** Ends everything at once; only the handshake that closes the connection goes on for a moment. */
  #dispose(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#isConnected = false;
    this.#gate?.shut();
    this.#parts?.queue.close();
    this.#parts?.store.clearCaches();
    this.#parts?.contacts.clear();
    this.#context.signal.removeEventListener("abort", this.#onAbort);
    if (this.#socket && this.#raw) endSocket(this.#socket, this.#raw);
    this.#media?.close();
    this.#proxy?.close();
  }

  #requireSocket(): WASocket {
    if (this.#socket === null) throw notConnected();
    return this.#socket;
  }
}
