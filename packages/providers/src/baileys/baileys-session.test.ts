import { expect, test } from "vitest";
import { AccountBench, firstQr } from "./fixtures/account-bench.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const WAIT = { timeout: 10_000, interval: 5 };

test("a QR code is shown, scanned, and the account connects and resumes", async () => {
  await using bench = await AccountBench.start();
  const instance = new MemoryInstance();
  await bench.open(instance);
  const qr = await firstQr(instance);
  expect(instance.changes).toEqual([{ state: "pairing" }]);
  await bench.whatsapp.phone(ACCOUNT).scan(qr);
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
  expect(instance.changes).toMatchObject([
    { state: "pairing" },
    { state: "authenticating" },
    { state: "closed", afterwards: "restart", reason: "restart_required" },
  ]);
  await bench.connect(instance);
  expect(instance.changes.at(-1)).toMatchObject({
    state: "connected",
    account: { id: `${ACCOUNT}@s.whatsapp.net`, phone: ACCOUNT },
  });
});

test("a text comes in, an answer goes out, and its receipts come back", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA, { name: "Ana" });
  const { id } = await ana.send(ACCOUNT, "hola");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  const [received] = instance.received;
  expect(received).toMatchObject({
    id,
    chatId: `${ANA}@s.whatsapp.net`,
    chatType: "direct",
    sender: { id: `${ANA}@s.whatsapp.net`, phone: ANA, name: "Ana" },
    content: { type: "text", text: "hola" },
    quote: null,
  });
  const messageId = bench.provider.createMessageId();
  await session.send(
    {
      outboxId: "o1",
      messageId,
      chatId: `${ANA}@s.whatsapp.net`,
      content: { type: "text", text: "pong", quoteMessageId: id },
      attempt: 1,
    },
    AbortSignal.timeout(10_000),
  );
  const shown = await ana.waitFor(({ text }) => text === "pong");
  expect(shown).toMatchObject({ id: messageId, quotedId: id, duplicates: 0 });
  ana.markRead(messageId);
  await expect
    .poll(() => instance.updated.map(({ status }) => status), WAIT)
    .toEqual(["delivered", "read"]);
});
