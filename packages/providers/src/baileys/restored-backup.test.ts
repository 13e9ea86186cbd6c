import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restoreBackup } from "@orquesta/core";
import { expect, onTestFinished, test } from "vitest";
import { EngineBench } from "./fixtures/engine-bench.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const WAIT = { timeout: 20_000, interval: 5 };

test("a restored backup goes on without pairing, though the chats have moved on since", async () => {
  const home = mkdtempSync(join(tmpdir(), "orquesta-backup-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const [original, copy, restored] = ["original", "copy", "restored"].map((name) => {
    return join(home, name);
  }) as [string, string, string];
  await using bench = await EngineBench.start({}, original);
  const { whatsapp } = bench;
  const id = await bench.pair(ACCOUNT);
  const ana = whatsapp.peer(ANA);
  const send = (text: string) =>
    bench.manager.send(id, ANA, { type: "text", text }, { until: "sent", timeoutMs: 20_000 });
  const anaHas = () => ana.received.map(({ text }) => text);
  await ana.send(ACCOUNT, "before");
  await expect.poll(() => whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
  await send("sent before");
  await bench.manager.storage.backup(copy);
  await ana.send(ACCOUNT, "not in the backup");
  await expect.poll(() => whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
  await send("not in it either");
  await expect.poll(anaHas, WAIT).toEqual(["sent before", "not in it either"]);
  await bench.manager.close();

  await restoreBackup({ from: copy, dataDir: restored });
  await bench.moveTo(restored);
  await bench.until(id, "connected");
  const texts: string[] = [];
  bench.manager.on("message.received", ({ data }) => {
    if (data.message.content.type === "text") texts.push(data.message.content.text);
  });
  // Not to be read with the keys of the backup: it is asked for once more, and comes.
  await ana.send(ACCOUNT, "to the restored one");
  await expect.poll(() => texts, WAIT).toEqual(["to the restored one"]);
  expect(whatsapp.retries(ACCOUNT)).toHaveLength(1);
  await send("from the restored one");
  await expect.poll(anaHas, WAIT).toContain("from the restored one");
});
