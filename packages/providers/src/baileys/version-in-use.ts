import type { Logger } from "@orquesta/core";
import type { WAVersion } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "./baileys-library.ts";
import type { Ending } from "./disconnect-reason.ts";
import type { UsedWebVersion, WebVersions } from "./web-versions.ts";

const ORIGINS = {
  fixed: "version of WhatsApp Web: as configured",
  network: "version of WhatsApp Web: the newest, from the network",
  pinned: "version of WhatsApp Web: the one that Baileys was made for",
} as const;
const NOT_FOUND = "the newest version of WhatsApp Web could not be asked for";

/** The version of WhatsApp Web that one session says it is, and what WhatsApp thought of it. */
export class VersionInUse {
  readonly #versions: WebVersions;
  readonly #used: UsedWebVersion;
  readonly #logger: Logger;

  private constructor(versions: WebVersions, used: UsedWebVersion, logger: Logger) {
    this.#versions = versions;
    this.#used = used;
    this.#logger = logger;
  }

  static async choose(
    versions: WebVersions,
    library: BaileysLibrary,
    logger: Logger,
  ): Promise<VersionInUse> {
    const used = await versions.choose(library.DEFAULT_CONNECTION_CONFIG.version);
    const { numbers, source, failure } = used;
    const version = numbers.join(".");
    if (failure === null) logger.info(ORIGINS[source], { version });
    else logger.warn(`${NOT_FOUND}; ${ORIGINS[source]}`, { version, error: failure });
    return new VersionInUse(versions, used, logger);
  }

  get numbers(): WAVersion {
    return this.#used.numbers;
  }

  accepted(): void {
    this.#versions.accepted(this.#used);
  }

  /** How the session goes on when WhatsApp refused the version and another one may do; otherwise null. */
  amend({ reason }: Ending): Ending | null {
    if (reason !== "version_refused" || !this.#versions.refused(this.#used)) return null;
    this.#logger.warn("WhatsApp refused this version of WhatsApp Web; a newer one is looked for");
    return { afterwards: "restart", reason };
  }
}
