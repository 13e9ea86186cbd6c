import { chmodSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { InstanceManager } from "../manager/instance-manager.ts";

it("the database, which holds messages, is for its owner only, also in a directory that others may read", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "orquesta-"));
  chmodSync(dataDir, 0o755);
  try {
    await using manager = new InstanceManager({
      dataDir,
      providers: [new FakePlatform().provider],
    });
    await manager.create({ provider: "fake" });
    const modes = readdirSync(dataDir)
      .filter((name) => name.startsWith("orquesta.sqlite"))
      .map((name) => [name, (statSync(join(dataDir, name)).mode & 0o777).toString(8)]);
    expect(Object.fromEntries(modes)).toMatchObject({
      "orquesta.sqlite": "600",
      "orquesta.sqlite-wal": "600",
      "orquesta.sqlite-shm": "600",
    });
  } finally {
    await rm(dataDir, { recursive: true });
  }
});
