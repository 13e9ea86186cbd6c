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
  const args = ["--test", "--test-force-exit", "pong.test.ts"];
  const output = await runCommand(process.execPath, args, folder);
  expect(output, "what the test runner printed").toMatch(/pass 1$/m);
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
