import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { InstanceManager, type InstanceManagerOptions, restoreBackup } from "../../index.ts";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { eventually } from "../../testing/harness/eventually.ts";

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "orquesta-test-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  return home;
}

function open(dataDir: string, options: Partial<InstanceManagerOptions> = {}) {
  const platform = new FakePlatform({ connects: false });
  const manager = new InstanceManager({ dataDir, ...options, providers: [platform.provider] });
  onTestFinished(() => manager.close());
  return { platform, manager };
}

function blobIn(directory: string, text: string): string {
  const hash = createHash("sha256").update(text).digest("hex");
  return join(directory, hash.slice(0, 2), hash);
}

/** An instance that keeps "came" and "spoilt", and owes a document "owed" and another "lost". */
async function prepare(dataDir: string, options: Partial<InstanceManagerOptions> = {}) {
  const { manager, platform } = open(dataDir, options);
  const { id } = await manager.create({ provider: "fake" });
  await manager.start(id);
  await eventually(() => platform.hasSession(id));
  const session = platform.session(id);
  session.connect();
  await manager.start(id, { until: "connected", timeoutMs: 60_000 });
  for (const text of ["came", "spoilt", "never wanted"]) {
    platform.account(id).media.set(text, Buffer.from(text));
    const media = { id: text, mimeType: "text/plain", size: text.length, fileName: null };
    await session.receiveContent({ type: "document", media, caption: null });
    if (text !== "never wanted") await buffer((await manager.media.open(id, text)).stream);
  }
  platform.beforeSend = (_delivery, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason)),
    );
  for (const [chatId, text] of [
    ["15550001", "owed"],
    ["15550002", "lost"],
  ] as const) {
    await manager.send(id, chatId, { type: "document", media: { bytes: Buffer.from(text) } });
  }
  return { manager, id };
}

it.each([
  ["in the data directory", false],
  ["elsewhere", true],
])("media that are kept %s are in a backup, and what is missing is told", async (_where, apart) => {
  const home = makeHome();
  const [dataDir, backup] = [join(home, "data"), join(home, "backup")];
  const directory = apart ? join(home, "elsewhere") : join(dataDir, "media");
  const { manager, id } = await prepare(dataDir, apart ? { media: { directory } } : {});
  rmSync(blobIn(directory, "lost"));
  const lost = [createHash("sha256").update("lost").digest("hex")];
  const { media } = await manager.storage.backup(backup);
  await manager.close();
  expect(media.missing).toEqual(lost);
  expect(media.files.map(({ bytes }) => bytes).toSorted()).toEqual([4, 4, 6]);
  for (const text of ["came", "spoilt", "owed"]) {
    expect(statSync(blobIn(join(backup, "media"), text)).mode & 0o777).toBe(0o600);
  }

  appendFileSync(blobIn(join(backup, "media"), "spoilt"), "!");
  const target = join(home, "target");
  const { missingMedia } = await restoreBackup({ from: backup, dataDir: target });
  const spoilt = createHash("sha256").update("spoilt").digest("hex");
  expect(missingMedia).toEqual([...lost, spoilt]);
  expect(existsSync(blobIn(join(target, "media"), "spoilt"))).toBe(false);
  expect(readdirSync(target).some((name) => name.startsWith(".restoring-"))).toBe(false);

  const restored = open(target);
  expect((await buffer((await restored.manager.media.open(id, "came")).stream)).toString()).toBe(
    "came",
  );
  await eventually(() => restored.platform.hasSession(id));
  restored.platform.session(id).connect();
  const arrived = () => restored.platform.account(id).messages.map(({ bytes }) => String(bytes));
  await eventually(() => arrived().includes(String(Buffer.from("owed"))));
});
