import { OrquestaError } from "../error/orquesta-error.ts";
import type { SessionSnapshot } from "../provider/session-snapshot.ts";
import type { SessionArchive, SessionArchiveStore } from "../session-keys/session-archive-store.ts";
import type { SessionKeyStore } from "../session-keys/session-key-store.ts";
import type { InstanceState } from "./instance-state.ts";
import type { Supervisor } from "./supervisor.ts";

/**
 * Moves the session of an instance: out of its archive, out of the engine, into it. Only while no
 * session is open: its keys change with every message, and two users of one session throw each other
 * out and break each other's encryption.
 */
export class SessionTransfer {
  readonly #sessionKeys: SessionKeyStore;
  readonly #archives: SessionArchiveStore;

  constructor(sessionKeys: SessionKeyStore, archives: SessionArchiveStore) {
    this.#sessionKeys = sessionKeys;
    this.#archives = archives;
  }

  archives(instanceId: string): Promise<SessionArchive[]> {
    return this.#archives.list(instanceId);
  }

  /** @throws SESSION_ARCHIVE_NOT_FOUND, INSTANCE_RUNNING, INSTANCE_PAIRED */
  async restore(supervisor: Supervisor, archiveId: string): Promise<void> {
    const { id } = supervisor.record;
    await supervisor.whileEnded(async (state) => {
      const { account } = await this.#archives.get(id, archiveId);
      assertUnpaired(state);
      await state.adopt(account, async (tx) => {
        await this.#sessionKeys.eraseAll(tx, id);
        await this.#archives.moveBack(tx, id, archiveId);
      });
    });
  }

  /** @throws CAPABILITY_MISSING, INSTANCE_RUNNING, INSTANCE_NOT_PAIRED, SESSION_KEYS_UNREADABLE */
  async take(supervisor: Supervisor): Promise<SessionSnapshot> {
    assertPortable(supervisor);
    return supervisor.whileEnded(async ({ record }) => {
      const keys = record.paired ? await this.#sessionKeys.all(record.id) : [];
      if (keys.length > 0) return { provider: record.provider, account: record.account, keys };
      throw new OrquestaError("INSTANCE_NOT_PAIRED", "the instance has no session to export");
    });
  }

  /** @throws CAPABILITY_MISSING, SESSION_PROVIDER_MISMATCH, INSTANCE_RUNNING, INSTANCE_PAIRED */
  async put(supervisor: Supervisor, { provider, account, keys }: SessionSnapshot): Promise<void> {
    assertPortable(supervisor);
    const { id, provider: own } = supervisor.record;
    if (provider !== own) {
      throw new OrquestaError(
        "SESSION_PROVIDER_MISMATCH",
        `the session is of the provider "${provider.slice(0, 64)}", the instance of "${own}"`,
      );
    }
    const changes = keys.map(({ expiresAt, ...key }) =>
      expiresAt === null ? key : { ...key, expiresAt },
    );
    await supervisor.whileEnded(async (state) => {
      assertUnpaired(state);
      await state.adopt(account, async (tx) => {
        // What a pairing that was not finished has left.
        await this.#sessionKeys.eraseAll(tx, id);
        await this.#sessionKeys.apply(tx, id, changes);
      });
    });
  }
}

function assertPortable({ provider }: Supervisor): void {
  if (provider.capabilities.portable) return;
  throw new OrquestaError(
    "CAPABILITY_MISSING",
    `sessions of the provider "${provider.id}" cannot be moved`,
  );
}

function assertUnpaired({ record }: InstanceState): void {
  if (!record.paired) return;
  throw new OrquestaError(
    "INSTANCE_PAIRED",
    "the instance has a session already: log it out, or take another instance",
  );
}
