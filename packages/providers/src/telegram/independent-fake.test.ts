import { once } from "node:events";
import { createServer } from "node:net";
import { InstanceManager } from "@orquesta/core";
import { TelegramServer } from "telegram-test-api/lib/telegramServer.js";
import { expect, onTestFinished, test } from "vitest";
import { telegram } from "./telegram-provider.ts";

const WAIT = { timeout: 15_000, interval: 20 };
const TOKEN = "123456:independent";

/** It cannot take one by itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

/** A Bot API that others wrote: it knows texts, commands and buttons. */
async function startServer() {
  const server = new TelegramServer({ host: "127.0.0.1", port: await freePort() });
  await server.start();
  onTestFinished(async () => {
    await server.stop();
  });
  return server;
}

test("a text, a command and a button against a fake of others", async () => {
  const server = await startServer();
  await using manager = new InstanceManager({
    providers: [telegram({ apiRoot: server.config.apiURL })],
  });
  const { id } = await manager.create({ provider: "telegram", settings: { token: TOKEN } });
  await manager.start(id, { until: "connected", timeoutMs: 15_000 });
  const client = server.getClient(TOKEN, { userId: 7, chatId: 7, firstName: "Ana" });
  const received = async () => {
    const { events } = await manager.events.read(id, { names: ["message.received"] });
    return events.map(({ data }) => ("message" in data ? data.message.content : null));
  };
  await client.sendMessage(client.makeMessage("hello"));
  await client.sendCommand(client.makeCommand("/start"));
  await expect.poll(received, WAIT).toEqual([
    { type: "text", text: "hello" },
    { type: "text", text: "/start" },
  ]);
  const asked = await manager.send(
    id,
    "7",
    { type: "buttons", text: "Which?", buttons: [{ id: "small", title: "Small" }] },
    { until: "sent", timeoutMs: 10_000 },
  );
  expect(asked.status).toBe("sent");
  const history = await client.getUpdatesHistory();
  const shown = history.find((update) => "message" in update && update.message.text === "Which?");
  expect(shown).toMatchObject({
    message: {
      reply_markup: { inline_keyboard: [[{ text: "Small", callback_data: "small" }]] },
    },
  });
  const message = { message_id: Number(asked.messageId) };
  await client.sendCallback(client.makeCallbackQuery("small", { message }));
  await expect
    .poll(async () => (await received()).at(-1), WAIT)
    .toMatchObject({ type: "choice", id: "small", menuMessageId: asked.messageId });
});
