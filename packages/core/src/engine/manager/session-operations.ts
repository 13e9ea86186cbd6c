import { z } from "zod";
import { parse } from "../error/parse.ts";
import type { InstanceView } from "../instance/instance-view.ts";
import type { SessionSnapshot } from "../provider/session-snapshot.ts";
import type { SessionArchive } from "../session-keys/session-archive-store.ts";
import { packSession, unpackSession } from "../session-keys/session-container.ts";
import type { Engine } from "./engine.ts";

export interface PassphraseOptions {
  /** 12 to 1024 characters; without it nobody opens the export, you included. */
  readonly passphrase: string;
}

const NEW_PASSPHRASE = z.object({ passphrase: z.string().min(12).max(1024) });
const PASSPHRASE = z.object({ passphrase: z.string().min(1).max(1024) });

/** `manager.sessions`: the sessions of instances that are not running, kept, taken out and put in. */
export class SessionOperations {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /**
   * Sessions that were logged out and are not erased yet, newest first.
   * @throws INSTANCE_NOT_FOUND
   */
  async archives(id: string): Promise<SessionArchive[]> {
    const engine = await this.#engine();
    await engine.fleet.view(id);
    return engine.sessions.archives(id);
  }

  /**
   * Gives an instance the session back that it was logged out of. It is `stopped` and paired then;
   * whether the platform still knows the session shows when it is started.
   * @throws INSTANCE_NOT_FOUND, SESSION_ARCHIVE_NOT_FOUND, INSTANCE_RUNNING, INSTANCE_PAIRED
   */
  async restore(id: string, archiveId: string): Promise<InstanceView> {
    const engine = await this.#engine();
    const supervisor = await engine.fleet.get(id);
    await engine.sessions.restore(supervisor, archiveId);
    return supervisor.view();
  }

  /**
   * The session of an instance that is not running, sealed under a passphrase. The instance keeps it:
   * use one of the two, never both.
   * @throws VALIDATION_FAILED, INSTANCE_NOT_FOUND, INSTANCE_RUNNING, INSTANCE_NOT_PAIRED,
   *   CAPABILITY_MISSING, SESSION_KEYS_UNREADABLE
   */
  async export(id: string, options: PassphraseOptions): Promise<Uint8Array> {
    const { passphrase } = parse(NEW_PASSPHRASE, options, "passphrase");
    const engine = await this.#engine();
    const snapshot = await engine.sessions.take(await engine.fleet.get(id));
    return packSession(snapshot, passphrase);
  }

  /**
   * Puts a session into an instance of the same provider that is not paired and not running. It is
   * `stopped` and paired then.
   * @param session what `export` gave, with its passphrase, or a snapshot such as `multiFileSession` of
   *   `@orquesta/providers/baileys` makes
   * @throws INSTANCE_NOT_FOUND, INSTANCE_RUNNING, INSTANCE_PAIRED, SESSION_EXPORT_DAMAGED,
   *   SESSION_EXPORT_UNSUPPORTED, SESSION_PASSPHRASE_WRONG, SESSION_PROVIDER_MISMATCH,
   *   CAPABILITY_MISSING, VALIDATION_FAILED: then nothing has changed
   */
  async import(id: string, session: Uint8Array, options: PassphraseOptions): Promise<InstanceView>;
  async import(id: string, session: SessionSnapshot): Promise<InstanceView>;
  async import(
    id: string,
    session: Uint8Array | SessionSnapshot,
    options?: PassphraseOptions,
  ): Promise<InstanceView> {
    const engine = await this.#engine();
    const supervisor = await engine.fleet.get(id);
    const snapshot =
      session instanceof Uint8Array
        ? await unpackSession(session, parse(PASSPHRASE, options, "passphrase").passphrase)
        : session;
    await engine.sessions.put(supervisor, snapshot);
    return supervisor.view();
  }
}
