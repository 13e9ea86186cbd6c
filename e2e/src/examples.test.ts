import { createHmac } from "node:crypto";
import { cp, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { ChildProgram } from "./child-program.ts";
import { FakeWhatsAppProgram } from "./fake-whatsapp-program.ts";
import { API_KEY, OrquestaServer } from "./orquesta-server.ts";
import { ACCOUNT, pairInstance } from "./pair-instance.ts";
import { runCommand } from "./run-command.ts";

const ANA = "5511988887777";

/** An example as somebody has it who copied it into a project of their own. */
async function copyExample(name: string): Promise<string> {
  const folder = await mkdtemp(join(inject("consumer"), `${name}-`));
  await cp(join(inject("root"), "examples", name, "src"), folder, { recursive: true });
  return folder;
}

test("bot-test passes", async () => {
  const folder = await copyExample("bot-test");
  const args = ["--test", "--test-force-exit", "pizzeria.test.ts", "fake-whatsapp.test.ts"];
  const output = await runCommand(process.execPath, args, folder);
  expect(output, "what the test runner printed").toMatch(/pass 3$/m);
});

test("one-bot says the same on WhatsApp and on Telegram", async () => {
  const output = await runCommand(process.execPath, ["one-bot.ts"], await copyExample("one-bot"));
  expect(output).toContain(
    "Ana sees on WhatsApp:\nWhich bread?\n\n1. Rye\n2. Wheat\n*Wheat* it is.",
  );
  expect(output).toContain("Rui sees on Telegram:\nWhich bread? [Rye] [Wheat]\nRye it is.");
  expect(output.match(/\[picture\] Fresh from the oven/g)).toHaveLength(2);
});

test("webhook-bot answers what the server's webhook tells it", async () => {
  const consumer = inject("consumer");
  await using whatsapp = await FakeWhatsAppProgram.start(consumer);
  await using server = await OrquestaServer.start({
    consumer,
    cwd: await mkdtemp(join(consumer, "server-")),
    env: { BAILEYS_WS_URL: whatsapp.url, BAILEYS_ROOT_KEY: whatsapp.rootKey },
  });
  await using bot = new ChildProgram(process.execPath, ["webhook-bot.ts"], {
    cwd: await copyExample("webhook-bot"),
    env: { ORQUESTA_URL: server.url, ORQUESTA_KEY: API_KEY, PORT: "0" },
  });
  const port = await bot.printed(/on port (\d+)/);
  await pairInstance(server, whatsapp, { url: `http://127.0.0.1:${port}/` });
  await whatsapp.send({ from: ANA, to: ACCOUNT, text: "hello" });
  const [answer] = await whatsapp.receivedUpTo(ANA, () => true);
  expect(answer, "what the peer's phone shows").toMatchObject({ from: ACCOUNT, text: "pong" });
});

test("echo-bot remembers across a kill how it shall speak", async () => {
  const consumer = inject("consumer");
  await using whatsapp = await FakeWhatsAppProgram.start(consumer);
  const cwd = await copyExample("echo-bot");
  await cp(join(import.meta.dirname, "preload", "play-whatsapp.ts"), join(cwd, "play.ts"));
  const env = { FAKE_WS_URL: whatsapp.url, FAKE_ROOT_KEY: whatsapp.rootKey, PRINT_QR: "1" };
  const run = () =>
    new ChildProgram(process.execPath, ["--import", "./play.ts", "echo-bot.ts"], { cwd, env });
  const write = (text: string) => whatsapp.send({ from: ANA, to: ACCOUNT, text });
  const reads = (text: string) => whatsapp.receivedUpTo(ANA, (message) => message.text === text);

  await using first = run();
  await whatsapp.scan(ACCOUNT, await first.printed(/^qr (\S+)$/m));
  await write("/voice");
  await reads("How shall I speak?\n\n1. Softly\n2. Loudly");
  await first.kill("SIGKILL");

  await write("2");
  await using second = run();
  await reads("Loudly it is.");
  await write("good morning");
  await write("/count");
  const shown = await reads("1 echoes so far");
  expect(shown.slice(1).map(({ text }) => text)).toEqual([
    "Loudly it is.",
    "GOOD MORNING!",
    "1 echoes so far",
  ]);
  expect(second.output, "the second run asks for no QR code").not.toContain("qr ");
});

test("server serves the HTTP API beside a route of its own, and ends with 0", async () => {
  await using server = new ChildProgram(process.execPath, ["server.ts"], {
    cwd: await copyExample("server"),
    env: { API_KEY, PORT: "0" },
  });
  const url = await server.printed(/listening on (\S+)/);
  const list = (headers: Record<string, string>) =>
    fetch(`${url}/api/v1/instances`, { headers }).then(({ status }) => status);
  expect(await list({ "x-api-key": API_KEY })).toBe(200);
  expect(await list({})).toBe(401);
  expect(await (await fetch(`${url}/mine`)).json()).toEqual({ connected: 0 });
  expect(await server.kill("SIGTERM")).toBe(0);
});

test("webhook-receiver takes what is signed, fresh and new, once", async () => {
  const key = Buffer.alloc(24, "a secret of the test");
  await using receiver = new ChildProgram(process.execPath, ["webhook-receiver.ts"], {
    cwd: await copyExample("webhook-receiver"),
    env: { WEBHOOK_SECRET: `whsec_${key.toString("base64")}`, PORT: "0" },
  });
  const port = await receiver.printed(/on port (\d+)/);
  /** Signs as https://www.standardwebhooks.com says. */
  const post = async (id: string, body: string, { agoMs = 0, forged = "" } = {}) => {
    const at = Math.floor((Date.now() - agoMs) / 1000);
    const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(at),
      "webhook-signature": `v1,${signature}`,
      "x-orquesta-event": "message.received",
    };
    const options = { method: "POST", headers, body: body + forged };
    return (await fetch(`http://127.0.0.1:${port}/`, options)).status;
  };
  expect(await post("1", '{"n":1}')).toBe(204);
  expect(await post("1", '{"n":1}'), "a repeat").toBe(204);
  expect(await post("2", '{"n":2}', { agoMs: 600_000 }), "a recording").toBe(401);
  expect(await post("3", '{"n":3}', { forged: " " }), "a changed body").toBe(401);
  expect(await post("4", '{"n":4}')).toBe(204);
  const handled = receiver.output.match(/^message\.received .+$/gm);
  expect(handled).toEqual(['message.received {"n":1}', 'message.received {"n":4}']);
});
