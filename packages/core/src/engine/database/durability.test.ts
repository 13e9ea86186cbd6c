import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { InstanceManager, sqliteDialect } from "../../index.ts";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { resolveOptions } from "../manager/resolve-options.ts";
import { Database } from "./database.ts";

const { provider } = new FakePlatform();
const providers = [provider];

it.each([
  [{}, 1],
  [{ durability: "normal" }, 1],
  [{ durability: "full" }, 2],
] as const)("the file of a data directory is opened as %j says", async (options, synchronous) => {
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-test-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const { engine } = resolveOptions({ providers, dataDir, ...options });
  // A file that exists must not come with what it was made with.
  for (let opening = 0; opening < 2; opening += 1) {
    const database = await Database.open(engine.dialect);
    const { rows } = await sql`pragma synchronous`.execute(database.queries);
    await database.close();
    expect(rows).toEqual([{ synchronous }]);
  }
});

it("durability is refused where it would have no effect", () => {
  const refused = expect.objectContaining({ code: "CONFIGURATION_INVALID" });
  expect(() => new InstanceManager({ providers, durability: "full" })).toThrow(refused);
  const database = sqliteDialect({ path: ":memory:" });
  const options = { providers, dataDir: "never-made", database, durability: "full" } as const;
  expect(() => new InstanceManager(options)).toThrow(refused);
});
