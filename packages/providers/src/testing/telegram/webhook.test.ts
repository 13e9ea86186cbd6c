import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { FakeTelegram } from "./fake-telegram.ts";
import { callOk } from "./test-caller.ts";
import type { Update } from "./wire/types.ts";

interface Posted {
  readonly update: Update;
  readonly secret: string | undefined;
}

type Answer = (response: ServerResponse, posted: Posted) => void;

/** A bot's own server, as plain as it gets. */
async function receiver(answer: Answer) {
  const posted: Posted[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const secret = request.headers["x-telegram-bot-api-secret-token"];
    const one = {
      update: JSON.parse(Buffer.concat(chunks).toString()),
      secret: typeof secret === "string" ? secret : undefined,
    };
    posted.push(one);
    answer(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { posted, url: `http://127.0.0.1:${port}/hook`, texts: () => textsOf(posted) };
}

function textsOf(posted: readonly Posted[]): readonly unknown[] {
  return posted.map(({ update: { message } }) =>
    message && "text" in message ? message.text : undefined,
  );
}

const ok: Answer = (response) => response.end("ok");

async function scene(answer: Answer) {
  const telegram = await FakeTelegram.listen({ webhookSecondMs: 5 });
  onTestFinished(() => telegram.close());
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  const hook = await receiver(answer);
  return { telegram, bot, ana, hook };
}

test("updates are posted with the secret, those that waited first", async () => {
  const { telegram, bot, ana, hook } = await scene(ok);
  ana.write(bot, "before");
  await callOk(telegram, bot, "setWebhook", { url: hook.url, secret_token: "s3cret" });
  ana.write(bot, "after");
  await expect.poll(hook.texts).toEqual(["before", "after"]);
  expect(hook.posted.map(({ secret }) => secret)).toEqual(["s3cret", "s3cret"]);
  await expect.poll(() => bot.pendingUpdates).toEqual([]);
});

test("what is not taken comes again, and what follows in its chat waits", async () => {
  let refusals = 3;
  const { telegram, bot, ana, hook } = await scene((response, posted) => {
    const isFirst = textsOf([posted])[0] === "one";
    if (isFirst && refusals-- > 0) response.statusCode = 503;
    response.end();
  });
  const rui = telegram.createUser();
  await callOk(telegram, bot, "setWebhook", { url: hook.url });
  ana.write(bot, "one");
  ana.write(bot, "two");
  rui.write(bot, "beside");
  await expect.poll(hook.texts).toContain("two");
  const fromAna = hook.texts().filter((text) => text !== "beside");
  expect(fromAna).toEqual(["one", "one", "one", "one", "two"]);
  expect(hook.texts().indexOf("beside")).toBeLessThan(3);
  const info = await callOk(telegram, bot, "getWebhookInfo");
  expect(info).toMatchObject({
    url: hook.url,
    pending_update_count: 0,
    last_error_message: "Wrong response from the webhook: 503 Service Unavailable",
  });
});

test("Retry-After decides when", async () => {
  let refusals = 1;
  const { telegram, bot, ana, hook } = await scene((response) => {
    if (refusals-- > 0) {
      response.statusCode = 503;
      response.setHeader("retry-after", "20");
    }
    response.end();
  });
  await callOk(telegram, bot, "setWebhook", { url: hook.url });
  const startedAt = performance.now();
  ana.write(bot, "one");
  await expect.poll(hook.texts, { interval: 5 }).toEqual(["one", "one"]);
  expect(performance.now() - startedAt).toBeGreaterThan(95);
});

test("what the answer asks for is done, but nothing that reads or changes the webhook", async () => {
  const answers = [{ method: "sendMessage", text: "hello" }, { method: "deleteWebhook" }];
  const { telegram, bot, ana, hook } = await scene((response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...answers.shift(), chat_id: ana.id }));
  });
  await callOk(telegram, bot, "setWebhook", { url: hook.url });
  ana.write(bot, "one");
  await bot.chatWith(ana).waitFor(({ text }) => text === "hello");
  ana.write(bot, "two");
  await expect.poll(hook.texts).toEqual(["one", "two"]);
  expect(bot.webhookUrl).toBe(hook.url);
});

test("without the webhook updates wait for getUpdates, or are dropped when asked", async () => {
  const { telegram, bot, ana, hook } = await scene((response) => {
    response.statusCode = 500;
    response.end();
  });
  await callOk(telegram, bot, "setWebhook", { url: hook.url });
  ana.write(bot, "one");
  await expect.poll(() => hook.posted.length).toBeGreaterThan(0);
  await callOk(telegram, bot, "deleteWebhook");
  expect(await callOk(telegram, bot, "getUpdates")).toMatchObject([{ message: { text: "one" } }]);
  await callOk(telegram, bot, "deleteWebhook", { drop_pending_updates: true });
  expect(await callOk(telegram, bot, "getUpdates")).toEqual([]);
});
