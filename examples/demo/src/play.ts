import { setTimeout as pause } from "node:timers/promises";
import type { Keyboard } from "./keyboard.ts";
import * as screen from "./screen.ts";
import { ACCOUNT, ANA, type Stage } from "./stage.ts";

const UNHEARD = "Hello? Is anybody there?";
const DEAD_MS = 3_000;
const RESUME_TIMEOUT_MS = 30_000;

/** Lets somebody play until they have enough. Without a keyboard it kills the engine itself, and ends. */
export async function play(stage: Stage, id: string, keyboard: Keyboard): Promise<void> {
  answerEverybody(stage);
  explain(stage, id);
  let written = 0;
  let leaving = false;
  let resuming: Promise<void> | null = null;
  const resume = () => {
    resuming ??= killAndResume(stage, id).finally(() => {
      resuming = null;
    });
    return resuming;
  };
  for (;;) {
    const key = await keyboard.next();
    leaving = key === "q";
    if (key === "m") {
      written += 1;
      await writeAsCustomer(stage, `Message ${written}`);
    }
    // Nobody waits for it: the customer may well write while the server is dead.
    if (key === "k") resume().catch((error: Error) => leaving || screen.trouble(error.message));
    if (key === null) await resume();
    if (key === "q" || key === null) return;
  }
}

function explain({ api }: Stage, id: string): void {
  const messages = `${api.url}/instances/${id}/messages`;
  const body = JSON.stringify({ chat_id: ANA, text: "Hello from another terminal" });
  screen.title("It keeps running. Now you:");
  screen.say();
  screen.key("m", "write to the account as the customer");
  screen.key(
    "k",
    "kill -9 the server; the customer goes on writing, press m as well, and nothing is lost",
  );
  screen.key("q", "quit; everything is deleted");
  screen.say();
  screen.hint("Or from another terminal:");
  screen.say();
  screen.command(`curl ${api.url}/instances -H 'x-api-key: ${api.key}'`);
  screen.command(
    `curl ${messages} -H 'x-api-key: ${api.key}' -H 'content-type: application/json' -d '${body}'`,
  );
  screen.say();
}

/** The bot behind the webhook: one answer a message, also when the webhook comes again. */
function answerEverybody(stage: Stage): void {
  stage.onWebhook = async ({ id, body: { instance_id, message } }) => {
    screen.event("your webhook", `"${message.body}"  signature verified`, "green");
    const answer = { chat_id: message.chatId, text: `You said: ${message.body}` };
    await stage.api.call("POST", `/instances/${instance_id}/messages`, answer, {
      "idempotency-key": id,
    });
  };
  stage.whatsapp.events.on("message", ({ peer, text }) => {
    if (peer === ANA) screen.event("Ana's phone shows", text);
  });
}

async function writeAsCustomer({ ana }: Stage, text: string): Promise<void> {
  screen.event("Ana writes", text);
  await ana.send(ACCOUNT, text);
}

async function killAndResume(stage: Stage, id: string): Promise<void> {
  const { engine, api, ana } = stage;
  const { pid } = engine;
  await engine.kill();
  screen.event("kill -9", `process ${pid} is gone, with no chance to clean up`, "red");
  const answered = ana.waitFor(({ text }) => text.endsWith(UNHEARD), {
    timeoutMs: RESUME_TIMEOUT_MS,
  });
  await writeAsCustomer(stage, UNHEARD);
  screen.event("WhatsApp", "keeps it: nobody has taken it over", "yellow");
  await pause(DEAD_MS);
  const startedAt = performance.now();
  await engine.start();
  screen.event("server", `started again as process ${engine.pid}`, "yellow");
  await api.connected(id, AbortSignal.timeout(RESUME_TIMEOUT_MS));
  await answered;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  screen.event("nothing is lost", `${seconds} s after its start, and without a QR code`, "green");
}
