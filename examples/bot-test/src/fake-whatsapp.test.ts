import assert from "node:assert/strict";
import { test } from "node:test";
import { InstanceManager } from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import { FakeWhatsApp } from "@orquesta/providers/testing";
import { createPizzeria } from "./pizzeria.ts";

const ACCOUNT = "5511999990000";

test("answers over WhatsApp's own protocol", async () => {
  await using whatsapp = await FakeWhatsApp.listen();
  const provider = baileys({ url: whatsapp.url, rootKey: whatsapp.rootKey });
  await using manager = new InstanceManager({ providers: [provider] });
  manager.on("pairing.qr", ({ data }) => whatsapp.phone(ACCOUNT).scan(data.qr));
  createPizzeria().run(manager, { name: "pizzeria" });

  const { id } = await manager.create({ provider: "baileys" });
  await manager.start(id, { until: "connected", timeoutMs: 10_000 });
  const ana = whatsapp.peer("5511988887777", { name: "Ana" });
  await ana.send(ACCOUNT, "hello");

  const answer = await ana.waitFor(({ text }) => text === "Write /order to order.");
  assert.equal(answer.from, ACCOUNT);
  assert.equal(ana.received.length, 1);
});
