import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { z } from "zod";
import { FakeWhatsAppProgram } from "./fake-whatsapp-program.ts";
import { OrquestaServer } from "./orquesta-server.ts";
import { ACCOUNT, expectOk, pairInstance } from "./pair-instance.ts";
import { WebhookEndpoint } from "./webhook-endpoint.ts";

const ANA = "5511988887777";

const messageSchema = z.object({
  data: z.object({ id: z.string(), message_id: z.string(), repeated: z.boolean() }),
});

function documentedBody(instanceId: string, messageId: string, text: string): object {
  return {
    instance_id: instanceId,
    provider: "baileys",
    message: {
      id: messageId,
      body: text,
      fromMe: false,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      contact: `Ana (+${ANA})`,
      type: "text",
      chatId: `${ANA}@c.us`,
    },
  };
}

test("the installed server pairs, receives, answers once, survives kill -9 and ends on SIGTERM", async () => {
  const consumer = inject("consumer");
  await using whatsapp = await FakeWhatsAppProgram.start(consumer);
  await using endpoint = await WebhookEndpoint.open();
  const settings = {
    consumer,
    cwd: await mkdtemp(join(consumer, "server-")),
    env: { BAILEYS_WS_URL: whatsapp.url, BAILEYS_ROOT_KEY: whatsapp.rootKey },
  };
  const writeToAccount = (text: string) =>
    whatsapp.send({ from: ANA, name: "Ana", to: ACCOUNT, text });

  await using first = await OrquestaServer.start(settings);
  const webhook = { url: endpoint.url, headers: { Authorization: "Bearer of news" } };
  const id = await pairInstance(first, whatsapp, webhook);

  const pingId = await writeToAccount("ping");
  const ping = await endpoint.deliveryOf("ping");
  expect(ping.body, "the webhook's body").toStrictEqual(documentedBody(id, pingId, "ping"));
  expect(ping, "the webhook's request").toMatchObject({
    method: "POST",
    path: "/hook",
    headers: {
      authorization: "Bearer of news",
      "content-type": "application/json",
      "webhook-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "webhook-timestamp": expect.stringMatching(/^\d{10}$/),
      "x-orquesta-event": "message.received",
      "x-orquesta-attempt": "1",
    },
  });

  const reply = (server: OrquestaServer, text: string, key: string) =>
    server.call(
      "POST",
      `/instances/${id}/messages`,
      { chat_id: `${ANA}@c.us`, text },
      { "idempotency-key": key },
    );
  const pong = messageSchema.parse(expectOk(await reply(first, "pong", "key-1"))).data;
  const [shown, ...others] = await whatsapp.receivedUpTo(ANA, ({ text }) => text === "pong");
  expect(shown, "what the peer decrypted").toMatchObject({
    id: pong.message_id,
    from: ACCOUNT,
    text: "pong",
  });
  expect(others, "what else the peer got").toEqual([]);
  const again = messageSchema.parse(expectOk(await reply(first, "pong", "key-1"))).data;
  expect(again, "the answer to the same key").toMatchObject({ ...pong, repeated: true });

  expect(await first.program.kill("SIGKILL"), "how the server ended").toBe("SIGKILL");
  const offlineId = await writeToAccount("are you there?");

  await using second = await OrquestaServer.start(settings);
  const statuses = await second.clientReady(id);
  expect(statuses, "the statuses on the way back").not.toContain("qr_ready");
  const offline = await endpoint.deliveryOf("are you there?");
  expect(offline.body, "the webhook of what came while the server was down").toStrictEqual(
    documentedBody(id, offlineId, "are you there?"),
  );

  expectOk(await reply(second, "pong", "key-1"));
  expectOk(await reply(second, "the end", "key-2"));
  const all = await whatsapp.receivedUpTo(ANA, ({ text }) => text === "the end");
  expect(all, "all that the peer ever got").toMatchObject([
    { text: "pong", duplicates: 0 },
    { text: "the end", duplicates: 0 },
  ]);
  const ids = endpoint.deliveries.map(({ headers }) => headers["webhook-id"]);
  expect(new Set(ids).size, `different events among the webhooks ${ids.join(", ")}`).toBe(2);

  expect(await second.program.kill("SIGTERM"), "the exit code after SIGTERM").toBe(0);
});
