import { setTimeout as pause } from "node:timers/promises";
import type { Keyboard } from "./keyboard.ts";
import * as screen from "./screen.ts";
import { ACCOUNT, type Stage, type Webhook } from "./stage.ts";

const QUESTION = "Hi! Are you open on Sunday?";
const ANSWER = "Yes, from 11 to 23. See you!";
const LOOK_MS = 1_500;
const STEP_TIMEOUT_MS = 30_000;

/**
 * From nothing to the first answer.
 * @returns the id of the instance; null when somebody has left in the middle
 */
export async function tellStory(stage: Stage, keyboard: Keyboard): Promise<string | null> {
  screen.title("Orquesta without a phone: everything runs on this machine.");
  screen.hint("Starting a server and a fake WhatsApp …");
  screen.say();
  await stage.open();
  const { whatsapp, engine, receiver } = stage;
  screen.fact("server", engine.url, `process ${engine.pid}, to be killed later`);
  screen.fact("webhook", receiver.url, "an endpoint as you would write one");
  screen.fact("WhatsApp", whatsapp.url, "a fake with the real protocol and encryption");
  const id = await pairAccount(stage, keyboard);
  if (id !== null) await answerCustomer(stage, id);
  return id;
}

async function pairAccount(stage: Stage, keyboard: Keyboard): Promise<string | null> {
  const { api, whatsapp, receiver } = stage;
  screen.chapter(1, "An account is paired");
  const body = { company_id: "demo", provider: "baileys" };
  screen.request("POST", "/api/v1/instances", body);
  const { instance_id: id } = await api.call("POST", "/instances", body);
  const webhook = { url: receiver.url };
  screen.request("POST", `/api/v1/instances/${id}/webhooks`, webhook);
  receiver.secret = (await api.call("POST", `/instances/${id}/webhooks`, webhook)).data.secret;
  screen.request("GET", `/api/v1/instances/${id}/qr`);
  const askQr = async () => (await api.call("GET", `/instances/${id}/qr`)).data.url;
  screen.say();
  screen.drawQr(await askQr());
  if (keyboard.isTerminal) {
    screen.ask("Press any key, and the fake phone scans it.");
    if ((await keyboard.next()) === "q") return null;
  } else {
    await pause(LOOK_MS);
  }
  // The one of this moment: while somebody looked at it, it may have become another.
  await whatsapp.phone(ACCOUNT).scan(await askQr());
  await api.connected(id, AbortSignal.timeout(STEP_TIMEOUT_MS));
  screen.fact("paired", `+${ACCOUNT}`, "scanned, keys exchanged, connected");
  return id;
}

async function answerCustomer(stage: Stage, id: string): Promise<void> {
  const { api, ana, receiver } = stage;
  screen.chapter(2, "A customer writes");
  const { promise: told, resolve } = Promise.withResolvers<Webhook>();
  stage.onWebhook = async (webhook) => resolve(webhook);
  screen.event("Ana writes", QUESTION);
  await ana.send(ACCOUNT, QUESTION);
  const late = pause(STEP_TIMEOUT_MS, null, { ref: false });
  const webhook = await Promise.race([told, late]);
  if (!webhook) throw new Error("the webhook did not come");
  const { body } = webhook;
  screen.event("your webhook", `POST ${receiver.url}  signature verified`, "green");
  screen.say();
  screen.json(body);

  screen.chapter(3, "You answer");
  const path = `/instances/${id}/messages`;
  const answer = { chat_id: body.message.chatId, text: ANSWER };
  screen.request("POST", `/api/v1${path}`, answer);
  screen.say();
  const shown = ana.waitFor(({ text }) => text === ANSWER, { timeoutMs: STEP_TIMEOUT_MS });
  await api.call("POST", path, answer);
  await shown;
  screen.event("Ana's phone shows", ANSWER);
}
