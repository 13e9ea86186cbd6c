/** The process under the soak: an engine with instances of all three platforms that answers every message. */
import { setTimeout as sleep } from "node:timers/promises";
import { type ConsumedMessage, InstanceManager } from "@orquesta/core";
import { sampleFiles } from "@orquesta/core/testing";
import { baileys } from "@orquesta/providers/baileys";
import { telegram } from "@orquesta/providers/telegram";
import { whatsappweb } from "@orquesta/providers/whatsappweb";
import { ComplaintBook } from "./complaint-book.ts";
import type { Answered, AnswerOf, Asked, OrderName, ParamsOf, Subject } from "./orders.ts";
import { readResources } from "./own-resources.ts";
import { differences } from "./resources.ts";

const WAIT = { timeoutMs: 120_000 };
const SETTLE_MS = 15_000;
const LOOK_AGAIN_MS = 50;
/** A medium may be out of reach until the session is back. */
const BACKOFF_MS = [500, 1000, 2000, 5000, 10_000, 20_000, 30_000];

// What libraries print would only be in the way.
for (const name of ["log", "info", "warn", "error"] as const) console[name] = () => {};

const subject: Subject = JSON.parse(process.env["SOAK_SUBJECT"] ?? "{}");
const complaints = new ComplaintBook();
process.on("message", (asked: Asked) => {
  if (typeof asked === "object" && "ask" in asked) void carryOut(asked);
});

const providers = [
  baileys({ url: subject.whatsapp.url, rootKey: subject.whatsapp.rootKey }),
  whatsappweb({ dataDir: `${subject.dataDir}/web`, standIn: subject.web }),
  telegram({ apiRoot: subject.telegramUrl }),
] as const;
await loadLibraries();
const before = readResources();
const manager = new InstanceManager({
  providers,
  dataDir: subject.dataDir,
  webhooks: { maxPerSecond: 0 },
  logger: complaints.logger,
});
let answered = 0;
manager.consume("answers", answer, { backoffMs: BACKOFF_MS });
process.send?.({ ready: true });

/** What libraries keep for good as soon as they are loaded is not the engine's. */
async function loadLibraries(): Promise<void> {
  await using first = new InstanceManager({ providers });
  await first.create({ provider: "whatsappweb" });
  const { id } = await first.create({ provider: "baileys" });
  await first.start(id, { until: "pairing", ...WAIT });
}

async function answer({ instanceId, eventId, message, signal }: ConsumedMessage): Promise<void> {
  const { content, chatId } = message;
  const options = { idempotencyKey: eventId };
  if (content.type === "text") {
    const text = content.text.replace("message", "answer");
    await manager.send(instanceId, chatId, { type: "text", text }, options);
  } else if (content.type === "image") {
    await readMedium(instanceId, content.media.id, signal);
    const caption = content.caption?.replace("message", "answer") ?? "";
    const image = { type: "image", media: { bytes: sampleFiles.PNG }, caption } as const;
    await manager.send(instanceId, chatId, image, options);
  } else return;
  answered += 1;
}

async function readMedium(instanceId: string, mediaId: string, signal: AbortSignal): Promise<void> {
  const { stream } = await manager.media.open(instanceId, mediaId, { signal });
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  if (bytes === 0) throw new Error("a medium is empty");
}

const handlers: { [Name in OrderName]: (params: ParamsOf<Name>) => Promise<AnswerOf<Name>> } = {
  add: async ({ provider, name, settings }) => {
    const webhooks = [{ url: subject.sinkUrl, events: ["message.received"] }];
    const common = { name, webhooks };
    const parsed = { ...settings, token: String(settings["token"] ?? "") };
    const { id } =
      provider === "telegram"
        ? await manager.create({ provider, settings: parsed, ...common })
        : await manager.create({ provider, ...common });
    await manager.start(id);
    return { id };
  },
  challenge: async ({ id }) => {
    const challenge = await manager.challenge(id, WAIT);
    return { value: challenge.type === "qr" ? challenge.value : "" };
  },
  connected: async ({ id }) => {
    await manager.start(id, { until: "connected", ...WAIT });
    return null;
  },
  restart: async ({ id }) => {
    await manager.restart(id, WAIT);
    return null;
  },
  progress: async () => {
    const instances = await manager.list();
    const apart = instances.filter(({ status }) => status !== "connected");
    return {
      answered,
      apart: apart.map(({ name, status, reason }) => `${name}: ${status} ${reason ?? ""}`.trim()),
    };
  },
  resources: async () => readResources(),
  close: async () => {
    await manager.close();
    const deadline = Date.now() + SETTLE_MS;
    let after = readResources();
    while (differences(before, after).length > 0 && Date.now() < deadline) {
      await sleep(LOOK_AGAIN_MS);
      after = readResources();
    }
    return { before, after, complaints: complaints.read() };
  },
};

async function carryOut({ ask, order, params }: Asked): Promise<void> {
  // The names and their parameters belong together, which the type of a union does not say.
  const handler = handlers[order] as (params: unknown) => Promise<unknown>;
  const say = (answer: Answered) => process.send?.(answer);
  await handler(params).then(
    (result) => say({ answer: ask, result }),
    (error: unknown) => say({ answer: ask, error: String(error) }),
  );
}
