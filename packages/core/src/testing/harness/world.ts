import type { InstanceManagerOptions, InstanceView, Provider, WebhookInput } from "../../index.ts";
import { InstanceManager } from "../../index.ts";
import { FakePlatform, type FakePlatformOptions } from "../fake-platform.ts";
import type { FakeSession } from "../fake-session.ts";
import { sqliteTestDatabase, type TestDatabase } from "./test-database.ts";

export type FakeManager = InstanceManager<readonly [FakePlatform["provider"]]>;
export type WorldOptions = Partial<Omit<InstanceManagerOptions, "providers">> & {
  readonly providers?: readonly [FakePlatform["provider"], ...Provider[]];
};

export const TEST_SECRET: Uint8Array = Buffer.alloc(32, "orquesta test secret");

/** A database, a fake platform, and managers over both, which all end with the test. */
export class World implements AsyncDisposable {
  readonly database: TestDatabase;
  readonly platform: FakePlatform;
  readonly #managers: FakeManager[] = [];

  constructor(database: TestDatabase = sqliteTestDatabase(), platform: FakePlatformOptions = {}) {
    this.database = database;
    this.platform = new FakePlatform(platform);
  }

  /** A manager whose consumers may still be added before it opens. */
  create(options: WorldOptions = {}): FakeManager {
    const manager: FakeManager = new InstanceManager({
      database: this.database.dialect(),
      secret: TEST_SECRET,
      nodeId: "node-a",
      ...options,
      providers: options.providers ?? [this.platform.provider],
    });
    this.#managers.push(manager);
    return manager;
  }

  async open(options: WorldOptions = {}): Promise<FakeManager> {
    const manager = this.create(options);
    await manager.ready();
    return manager;
  }

  /** Creates an instance and waits until it is connected. */
  async connect(
    manager: FakeManager,
    input: { readonly name?: string; readonly webhooks?: WebhookInput[] } = {},
  ): Promise<{ readonly instance: InstanceView; readonly session: FakeSession }> {
    const { id } = await manager.create({ provider: "fake", ...input });
    const instance = await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    return { instance, session: this.platform.session(id) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const manager of this.#managers) await manager.close();
    await this.database.drop();
  }
}
