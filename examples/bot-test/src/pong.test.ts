import assert from "node:assert/strict";
import { test } from "node:test";
import { InstanceManager } from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import { FakeWhatsApp } from "@orquesta/providers/testing";
import { answerWithPong } from "./answer-with-pong.ts";

const ACCOUNT = "5511999990000";

test("Ana writes ping and reads pong", async () => {
  await using whatsapp = await FakeWhatsApp.listen();
  const provider = baileys({ url: whatsapp.url, rootKey: whatsapp.rootKey });
  await using manager = new InstanceManager({ providers: [provider] });
  manager.on("pairing.qr", ({ data }) => whatsapp.phone(ACCOUNT).scan(data.qr));
  answerWithPong(manager);

  const { id } = await manager.create({ provider: "baileys" });
  await manager.start(id, { until: "connected", timeoutMs: 10_000 });
  const ana = whatsapp.peer("5511988887777", { name: "Ana" });
  await ana.send(ACCOUNT, "ping");

  const answer = await ana.waitFor(({ text }) => text === "pong");
  assert.equal(answer.from, ACCOUNT);
  assert.equal(ana.received.length, 1);
});
