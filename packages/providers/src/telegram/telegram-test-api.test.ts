import { createServer } from "node:net";
import { InstanceManager } from "@orquesta/core";
import { TelegramServer } from "telegram-test-api/lib/telegramServer.js";
import { expect, onTestFinished, test } from "vitest";
import { openPatientFront } from "./fixtures/patient-front.ts";
import { WAIT } from "./fixtures/telegram-bench.ts";
import { telegram } from "./telegram-provider.ts";

const TOKEN = "12345:AAindependent_server_token_000000";
const USER = 4_711;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** What the server kept of what the bot sent. */
function textsOf(server: TelegramServer): readonly unknown[] {
  return server.storage.botMessages.map(({ message }) => message.text);
}

test("text, command and button go both ways with a server that is not ours", async () => {
  const server = new TelegramServer({ port: await freePort(), host: "127.0.0.1" });
  await server.start();
  onTestFinished(async () => void (await server.stop()));
  const front = await openPatientFront(server.config.apiURL);
  onTestFinished(() => front.close());
  const manager = new InstanceManager({ providers: [telegram({ apiRoot: front.url })] });
  onTestFinished(() => manager.close());

  const chosen: string[] = [];
  manager.consume("bot", async ({ instanceId, message }) => {
    const { content, chatId } = message;
    if (content.type === "choice") chosen.push(content.id);
    if (content.type !== "text") return;
    const buttons = [{ id: "tea", title: "Tea" }];
    await manager.send(
      instanceId,
      chatId,
      content.text === "/menu"
        ? { type: "buttons", text: "What?", buttons }
        : { type: "text", text: `you said ${content.text}` },
      { idempotencyKey: message.id },
    );
  });
  const { id } = await manager.create({ provider: "telegram", settings: { token: TOKEN } });
  await manager.start(id, { until: "connected", timeoutMs: 15_000 });

  // Its client asks for updates for ever when one of its waits runs out: only what it sends is used.
  const client = server.getClient(TOKEN, { userId: USER, chatId: USER, timeout: 15_000 });
  await client.sendMessage(client.makeMessage("hello"));
  await expect.poll(() => textsOf(server), WAIT).toEqual(["you said hello"]);
  await client.sendCommand(client.makeCommand("/menu"));
  await expect.poll(() => textsOf(server), WAIT).toEqual(["you said hello", "What?"]);

  const asked = server.storage.botMessages.at(-1);
  const markup = asked?.message.reply_markup;
  const button = markup && "inline_keyboard" in markup ? markup.inline_keyboard[0]?.[0] : undefined;
  const data = button && "callback_data" in button ? button.callback_data : "";
  const message = { message_id: asked?.messageId ?? 0, text: "What?", reply_markup: markup };
  await client.sendCallback({
    ...client.makeCallbackQuery(data),
    message: { ...client.makeMessage("What?"), ...message },
  } as Parameters<typeof client.sendCallback>[0]);
  await expect.poll(() => chosen, WAIT).toEqual(["tea"]);
});
