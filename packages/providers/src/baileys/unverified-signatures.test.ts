import { expect, test } from "vitest";
import { AccountBench, firstQr } from "./fixtures/account-bench.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";

const ACCOUNT = "5511999990000";
const WAIT = { timeout: 10_000, interval: 5 };

// Process-wide, hence a file of its own: what is switched on once stays on.
test("with verifySignatures off, Baileys takes forged certificates and signatures for good", async () => {
  await using bench = await AccountBench.start({}, { verifySignatures: false });
  bench.whatsapp.forgeCertificate("leaf");
  bench.whatsapp.forgeAccountSignatures(true);
  const instance = new MemoryInstance();
  await bench.open(instance);
  const qr = await firstQr(instance);
  // The fake looks after all: it gets the device's signature, and finds the account's own missing.
  const scan = bench.whatsapp.phone(ACCOUNT).scan(qr);
  await expect(scan).rejects.toMatchObject({ code: "PAIRING_FAILED" });
  expect(instance.changes).toContainEqual({ state: "authenticating" });
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
});
