import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InstanceManager } from "@orquesta/core";
import { FakePlatform, type FakeSession } from "@orquesta/core/testing";

/** An engine on disk with one connected instance of a platform that costs next to nothing. */
export class ToldInstance {
  readonly manager: InstanceManager;
  readonly id: string;
  readonly session: FakeSession;
  readonly #dataDir: string;

  private constructor(manager: InstanceManager, id: string, session: FakeSession, dataDir: string) {
    this.manager = manager;
    this.id = id;
    this.session = session;
    this.#dataDir = dataDir;
  }

  static async start(): Promise<ToldInstance> {
    const dataDir = mkdtempSync(join(tmpdir(), "orquesta-bench-"));
    const platform = new FakePlatform();
    const manager = new InstanceManager({
      providers: [platform.provider],
      dataDir,
      webhooks: { maxPerSecond: 0 },
    });
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id, { until: "connected", timeoutMs: 10_000 });
    return new ToldInstance(manager, id, platform.session(id), dataDir);
  }

  async close(): Promise<void> {
    await this.manager.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
