import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import type { IncomingMessage, Session } from "@orquesta/core";
import { expect, test } from "vitest";
import { AccountBench } from "../fixtures/account-bench.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const WAIT = { timeout: 10_000, interval: 5 };

const bytes = Buffer.alloc(300_000, "0123456789");

async function open(session: Session, message: IncomingMessage | undefined): Promise<Buffer> {
  const media = message && "media" in message.content ? message.content.media : null;
  const stream = await session.openMedia?.(media?.id ?? "", AbortSignal.timeout(10_000));
  if (stream === undefined) throw new Error("media cannot be opened");
  return await buffer(stream);
}

test("a medium is fetched when it is wanted, from the phone when the host has lost it", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const { media, phoneMedia } = bench.whatsapp;
  const ana = bench.whatsapp.peer(ANA);
  await ana.sendMedia(ACCOUNT, "video", bytes);
  await ana.sendMedia(ACCOUNT, "document", Buffer.from("x"));
  await expect.poll(() => instance.received.length, WAIT).toBe(2);
  expect(await open(session, instance.received[0])).toEqual(bytes);
  await session.close();
  const next = await bench.connect(instance);
  expect((await open(next, instance.received[1])).toString()).toBe("x");
  media.expire();
  expect(await open(next, instance.received[0])).toEqual(bytes);
  // What the phone has put there again is found there from now on.
  phoneMedia.forgetAll();
  expect(await open(next, instance.received[0])).toEqual(bytes);
  media.expire();
  await expect(open(next, instance.received[0])).rejects.toMatchObject({ code: "MEDIA_EXPIRED" });
  await expect(open(next, undefined)).rejects.toMatchObject({ code: "MEDIA_NOT_FOUND" });
  await next.close();
  await expect(open(next, instance.received[0])).rejects.toMatchObject({ code: "SESSION_CLOSED" });
});

test("what is not what the message promised is an error, a host that fails may be asked again", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  await ana.sendMedia(ACCOUNT, "image", bytes);
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  bench.whatsapp.media.failWith(503);
  await expect(open(session, instance.received[0])).rejects.toMatchObject({
    code: "PLATFORM_UNREACHABLE",
  });
  bench.whatsapp.media.failWith(null);
  bench.whatsapp.media.damage();
  await expect(open(session, instance.received[0])).rejects.toMatchObject({
    code: "MEDIA_UNREADABLE",
  });
});

test("no sender chooses which host is asked", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  const asked: string[] = [];
  await using bait = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => bait.listen(0, "127.0.0.1", resolve));
  const address = bait.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const mediaKey = Buffer.alloc(32, 1);
  const url = `http://${host}/x`;
  for (const directPath of [`//${host}/x`, `\\\\${host}/x`, url, `@${host}/x`, ""]) {
    await ana.sendMessage(ACCOUNT, { imageMessage: { mediaKey, directPath, url } });
  }
  await expect.poll(() => instance.received.length, WAIT).toBe(5);
  for (const message of instance.received) {
    await expect(open(session, message)).rejects.toThrow(/WhatsApp/);
  }
  expect(asked).toEqual([]);
});

test("uploads: once for many chats, with a fresh token when the old one is dead, never too large", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const { media } = bench.whatsapp;
  const ana = bench.whatsapp.peer(ANA);
  const image = { type: "image" as const, media: instance.keep(bytes, "image/png") };
  const first = await bench.send(session, ana.jid, image);
  await bench.send(session, ana.jid, image);
  expect(media.uploads).toBe(1);
  await ana.waitFor(({ id }) => id === first);
  expect(ana.openMedia(first)).toEqual(bytes);
  media.revokeTokens();
  const document = { type: "document" as const, media: instance.keep(bytes, "text/plain") };
  await bench.send(session, ana.jid, document);
  expect([media.uploads, media.refusals]).toEqual([2, ["a token that was not given"]]);
  media.failWith(500);
  const other = { type: "audio" as const, media: instance.keep(bytes, "audio/mpeg") };
  await expect(bench.send(session, ana.jid, other)).rejects.toMatchObject({
    code: "SESSION_CLOSED",
    cause: { code: "PLATFORM_UNREACHABLE" },
  });
  media.failWith(null);
  media.limitUploads(1_000);
  await expect(bench.send(session, ana.jid, other)).rejects.toMatchObject({
    code: "SEND_REJECTED",
  });
  instance.media.clear();
  const video = { type: "video" as const, media: other.media };
  await expect(bench.send(session, ana.jid, video)).rejects.toMatchObject({
    code: "SEND_REJECTED",
  });
});

test("a message that is tried again goes out as it was: no second upload, the same secret", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  const image = { type: "image" as const, media: instance.keep(bytes, "image/png") };
  const poll = { type: "poll" as const, question: "When?", options: ["now", "later"] };
  const messages = [image, poll].map((content) => {
    const messageId = bench.provider.createMessageId();
    return { outboxId: "o", messageId, chatId: ana.jid, content, attempt: 1 };
  });
  for (const message of messages) await session.send(message, AbortSignal.timeout(10_000));
  const rows = () => [...instance.rows].filter(([name]) => /^(sent-message|poll)\|/.test(name));
  const before = rows();
  await session.close();
  instance.media.clear();
  const next = await bench.connect(instance);
  // The outbox does not remember attempts of a process that was killed: it says 1 again.
  for (const message of messages) await next.send(message, AbortSignal.timeout(10_000));
  expect(bench.whatsapp.media.uploads).toBe(1);
  expect(rows()).toEqual(before);
  const [first] = messages;
  const shown = await ana.waitFor(({ id }) => id === first?.messageId);
  await expect.poll(() => shown.duplicates, WAIT).toBe(1);
});
