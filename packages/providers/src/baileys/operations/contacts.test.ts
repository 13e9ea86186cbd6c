import { buffer } from "node:stream/consumers";
import type { ContactOperations } from "@orquesta/core";
import { expect, test } from "vitest";
import { TestProxy } from "../../testing/index.ts";
import { AccountBench } from "../fixtures/account-bench.ts";

const ACCOUNT = "5511999990000";
const ANA = "4915112345678";
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]);
const idOf = (number: string) => `${number}@s.whatsapp.net`;
const signal = AbortSignal.timeout(60_000);

async function setUp(number = ACCOUNT) {
  const bench = await AccountBench.start();
  const { instance, session } = await bench.pair(number);
  // Bridge: what the provider declares is there.
  const contacts = session.operations?.contacts as ContactOperations;
  return { bench, whatsapp: bench.whatsapp, instance, session, contacts };
}

test("people are looked up as they are typed, each in one of several forms, and asked about once", async () => {
  const { bench, whatsapp, instance, session, contacts } = await setUp();
  await using _ = bench;
  const ana = whatsapp.peer("553188887777");
  whatsapp.peer("5215512345678");
  const checks = await contacts.check(
    ["+55 (31) 98888-7777", "52 55 1234 5678", "4915100000000", "no number"],
    signal,
  );
  expect(checks).toMatchObject([
    { input: "+55 (31) 98888-7777", contact: { id: idOf("553188887777"), lid: ana.lid } },
    { input: "52 55 1234 5678", contact: { phone: "5215512345678" } },
    { input: "4915100000000", contact: null },
    { input: "no number", contact: null },
  ]);
  const resolve = (number: string) => session.resolveChat?.(idOf(number), signal);
  expect(await resolve("5531988887777")).toBe(idOf("553188887777"));
  expect(await resolve("553188887777")).toBe(idOf("553188887777"));
  expect(await resolve(ANA)).toBe(idOf(ANA));
  await session.close();
  const next = await bench.connect(instance);
  // What was learned is remembered: WhatsApp would not know her under this number any more.
  expect(await next.resolveChat?.(idOf("5531988887777"), signal)).toBe(idOf("553188887777"));
});

test("whoever is written to under one form of the number answers from the same contact", async () => {
  const { bench, whatsapp, instance, session } = await setUp();
  await using _ = bench;
  const ana = whatsapp.peer("553188887777");
  const chatId = (await session.resolveChat?.(idOf("5531988887777"), signal)) ?? "";
  const messageId = bench.provider.createMessageId();
  const content = { type: "text" as const, text: "hello" };
  await session.send({ outboxId: "o", messageId, chatId, content, attempt: 1 }, signal);
  await ana.waitFor(({ text }) => text === "hello");
  await ana.send(ACCOUNT, "hi");
  await expect.poll(() => instance.received.at(-1)?.chatId, { timeout: 10_000 }).toBe(chatId);
});

test("a contact: about, picture, and who is nobody", async () => {
  const { bench, whatsapp, session, contacts } = await setUp();
  await using _ = bench;
  const ana = whatsapp.peer(ANA);
  expect(await contacts.get(idOf(ANA), signal)).toMatchObject({
    phone: ANA,
    lid: ana.lid,
    about: null,
  });
  expect(await contacts.picture(idOf(ANA), signal)).toBeNull();
  ana.profile = { about: "At work", picture: JPEG };
  expect((await contacts.get(idOf(ANA), signal)).about).toBe("At work");
  const picture = await contacts.picture(idOf(ANA), signal);
  expect(picture).toMatchObject({ mimeType: "image/jpeg" });
  const open = async () => {
    const stream = await session.openMedia?.(picture?.id ?? "", signal);
    return stream === undefined ? null : await buffer(stream);
  };
  expect(await open()).toEqual(JPEG);
  ana.profile = { picture: Buffer.concat([JPEG, Buffer.from("new")]) };
  await expect(open()).rejects.toMatchObject({ code: "MEDIA_EXPIRED" });
  await expect(contacts.get(idOf("4915100000000"), signal)).rejects.toMatchObject({
    code: "CONTACT_NOT_FOUND",
  });
});

test("a picture comes through the proxy of the instance too", async () => {
  await using proxy = await TestProxy.listen();
  const { bench, whatsapp, instance, session } = await setUp();
  await using _ = bench;
  whatsapp.peer(ANA).profile = { picture: JPEG };
  await session.close();
  const proxied = await bench.open(instance, undefined, { proxy: proxy.url("socks5") });
  await expect
    .poll(() => instance.changes.filter(({ state }) => state === "connected").length, {
      timeout: 10_000,
    })
    .toBe(2);
  const picture = await proxied.operations?.contacts?.picture?.(idOf(ANA), signal);
  const stream = await proxied.openMedia?.(picture?.id ?? "", signal);
  expect(stream && (await buffer(stream))).toEqual(JPEG);
  expect(proxy.tunnels).toHaveLength(2);
});

test("who is blocked and let in again", async () => {
  const { bench, whatsapp, contacts } = await setUp();
  await using _ = bench;
  whatsapp.peer(ANA);
  await contacts.block(idOf(ANA), signal);
  await contacts.block(idOf(ANA), signal);
  expect(whatsapp.phone(ACCOUNT).blocked).toEqual([ANA]);
  expect(await contacts.blocked(signal)).toEqual([idOf(ANA)]);
  await contacts.unblock(idOf(ANA), signal);
  expect(await contacts.blocked(signal)).toEqual([]);
});
