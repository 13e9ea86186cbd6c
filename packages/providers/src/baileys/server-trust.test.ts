import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { AccountBench, firstQr } from "./fixtures/account-bench.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";

const ACCOUNT = "5511999990000";
const WAIT = { timeout: 10_000, interval: 5 };

const untrusted = expect.objectContaining({
  state: "closed",
  afterwards: "reconnect",
  reason: "untrusted_server",
});

test.each(["intermediate", "leaf"] as const)(
  "pairing and login are refused when the %s certificate is forged, and the server learns nothing",
  async (forged) => {
    await using bench = await AccountBench.start();
    const { instance: paired, session } = await bench.pair(ACCOUNT);
    await session.close();
    const keys = new Map(paired.rows);
    bench.whatsapp.forgeCertificate(forged);
    const logins: unknown[] = [];
    bench.whatsapp.events.on("login", (login) => logins.push(login));
    const stranger = new MemoryInstance("stranger");
    await bench.open(stranger);
    await expect.poll(() => stranger.changes, WAIT).toEqual([untrusted]);
    expect(stranger.emitted).toEqual([]);
    await bench.open(paired);
    await expect.poll(() => paired.changes.at(-1), WAIT).toEqual(untrusted);
    expect(logins).toEqual([]);
    expect(paired.rows).toEqual(keys);
    bench.whatsapp.forgeCertificate(null);
    await bench.connect(paired);
  },
);

test("a chain under another root is refused", async () => {
  const rootKey = randomBytes(32).toString("hex");
  await using bench = await AccountBench.start({}, { rootKey });
  const instance = new MemoryInstance();
  await bench.open(instance);
  await expect.poll(() => instance.changes, WAIT).toEqual([untrusted]);
  expect(instance.emitted).toEqual([]);
});

test("an account that did not sign for the device cannot be paired with", async () => {
  await using bench = await AccountBench.start();
  bench.whatsapp.forgeAccountSignatures(true);
  const instance = new MemoryInstance();
  await bench.open(instance);
  const scan = bench.whatsapp.phone(ACCOUNT).scan(await firstQr(instance));
  await expect(scan).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  await expect.poll(() => instance.changes.at(-1), WAIT).toEqual(untrusted);
  expect(bench.whatsapp.phone(ACCOUNT).devices).toEqual([]);
});
