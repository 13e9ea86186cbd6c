import type { GroupMetadata } from "@whiskeysockets/baileys";
import { ExpiringCache } from "../expiring-cache.ts";

const TTL_MS = 300_000;
const MAX_GROUPS = 50;

/** Who is in a group: without it every message to a group asks the server first. */
export class GroupMetadataCache {
  readonly #groups = new ExpiringCache(MAX_GROUPS, TTL_MS);
  readonly #fetch: (jid: string) => Promise<GroupMetadata>;

  constructor(fetch: (jid: string) => Promise<GroupMetadata>) {
    this.#fetch = fetch;
  }

  async get(jid: string): Promise<GroupMetadata> {
    const known = this.#groups.get<GroupMetadata>(jid);
    if (known !== undefined) return known;
    const metadata = await this.#fetch(jid);
    this.#groups.set(jid, metadata);
    return metadata;
  }

  /** Something about the group changed. */
  forget(jid: string): void {
    this.#groups.del(jid);
  }
}
