import type { Readable } from "node:stream";
import type { WaitOptions } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { ByteRange } from "../media/blob-store.ts";
import type { MediumView } from "../media/downloads.ts";
import type { MediaLink } from "../media/media.ts";
import type { MediumPlace } from "../media/media-links.ts";
import type { Engine } from "./engine.ts";

export interface OpenMediaOptions extends WaitOptions {
  /** Only these bytes. @default all */
  readonly range?: ByteRange;
}

export interface OpenedMedium extends MediumView {
  /** Whoever opens it reads it to its end or destroys it. */
  readonly stream: Readable;
}

/**
 * `manager.media`: what instances received. A medium is fetched from the platform when somebody first
 * wants it, once, and kept for `retention.mediaDays`; then it opens also while the instance is offline.
 */
export class MediaSubject {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /**
   * Waits until the medium is kept here, and tells what it is.
   * @param mediaId as in the message that came in
   * @throws INSTANCE_NOT_FOUND, MEDIA_NOT_FOUND, MEDIA_EXPIRED (the platform has it no more),
   *   MEDIA_TOO_LARGE, MEDIA_STORE_FAILED, CAPABILITY_MISSING, PLATFORM_UNREACHABLE (nothing is kept of
   *   what was cut short), TIMED_OUT, ABORTED; INSTANCE_NOT_RUNNING, SESSION_CLOSED while it is not
   *   connected and the medium is not kept yet
   */
  async get(instanceId: string, mediaId: string, options: WaitOptions = {}): Promise<MediumView> {
    const engine = await this.#engine();
    await engine.fleet.view(instanceId);
    return engine.media.get(instanceId, mediaId, options);
  }

  /** The same, with its bytes. @throws what `get` throws */
  async open(
    instanceId: string,
    mediaId: string,
    options: OpenMediaOptions = {},
  ): Promise<OpenedMedium> {
    const medium = await this.get(instanceId, mediaId, options);
    const stream = await (await this.#engine()).media.open(medium, options.range);
    return { ...medium, stream };
  }

  /**
   * A URL that opens the medium for a while, for whoever has it.
   * @param options validMs @default `media.linkHours`
   */
  async link(
    instanceId: string,
    mediaId: string,
    options: { readonly validMs?: number } = {},
  ): Promise<MediaLink> {
    const engine = await this.#engine();
    await engine.fleet.view(instanceId);
    const { validMs } = options;
    if (validMs !== undefined && !(validMs > 0 && validMs <= 315_360_000_000)) {
      throw new OrquestaError("VALIDATION_FAILED", "validMs has to be above 0, up to ten years");
    }
    return engine.media.link(instanceId, mediaId, validMs);
  }

  /** What a link leads to. @throws MEDIA_NOT_FOUND when it is none of ours, MEDIA_EXPIRED */
  async resolveLink(token: string): Promise<MediumPlace> {
    return (await this.#engine()).media.links.open(token);
  }
}
