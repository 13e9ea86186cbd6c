import type { Readable } from "node:stream";
import type { SessionContext } from "@orquesta/core";
import type { AuthenticationCreds, WASocket } from "@whiskeysockets/baileys";
import { Agent } from "undici";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { ParsedBaileysOptions } from "../baileys-options.ts";
import { HistorySync } from "../history/history-sync.ts";
import type { SessionParts } from "../session-parts.ts";
import type { ProxyRoute } from "../settings/proxy-route.ts";
import { MediaDownload } from "./media-download.ts";
import { MediaHosts } from "./media-hosts.ts";
import { MediaUploader } from "./media-upload.ts";

export interface SessionMediaParts
  extends Pick<SessionParts, "store" | "queue" | "incoming" | "histories"> {
  readonly socket: WASocket;
  readonly library: BaileysLibrary;
  readonly creds: AuthenticationCreds;
  readonly context: Pick<SessionContext<unknown>, "media" | "logger">;
  readonly options: Pick<ParsedBaileysOptions, "url">;
  /** The way through the instance's proxy; null without one. Whoever made it closes it. */
  readonly proxy: Pick<ProxyRoute, "dispatcher"> | null;
}

/** A session's media, both ways, and the history, which comes as one. */
export class SessionMedia {
  readonly uploader: MediaUploader;
  readonly #download: MediaDownload;
  readonly #direct: Agent | null;
  readonly #ended = new AbortController();

  constructor(parts: SessionMediaParts) {
    const { socket, library, store, creds, context, options, proxy } = parts;
    // Its own, so that no connection outlives the session.
    this.#direct = proxy === null ? new Agent() : null;
    const hosts = new MediaHosts({
      socket,
      // A fake server speaks TLS nowhere or everywhere.
      isSecure: options.url?.startsWith("ws:") !== true,
      dispatcher: proxy?.dispatcher ?? this.#direct ?? undefined,
    });
    this.uploader = new MediaUploader(hosts, context.media);
    const ownId = () => creds.me?.id;
    const download = new MediaDownload({ library, socket, hosts, store, ownId });
    this.#download = download;
    const { logger } = context;
    new HistorySync({ ...parts, download, logger, ended: this.#ended.signal }).start();
  }

  /** @throws MEDIA_NOT_FOUND, MEDIA_EXPIRED, PLATFORM_UNREACHABLE, ABORTED */
  open(mediaId: string, signal: AbortSignal): Promise<Readable> {
    return this.#download.open(mediaId, signal);
  }

  /** Ends what is on its way. */
  close(): void {
    this.#ended.abort();
    this.#direct?.destroy().catch(() => {});
  }
}
