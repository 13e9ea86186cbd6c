import { Agent, request } from "undici";
import { SinkProcess } from "./sink-process.ts";
import { ToldInstance } from "./told-instance.ts";

const CHATS = 200;
/** As many as Orquesta has under way to one webhook. */
const IN_FLIGHT = 16;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface DeliveryRates {
  /** POSTs a second of a bare undici client with bodies of the same size. */
  readonly raw: number;
  /** Deliveries a second: read from the journal, planned, signed, posted and noted. */
  readonly ours: number;
}

export async function measureDeliveries(count: number): Promise<DeliveryRates> {
  const sink = await SinkProcess.start();
  const told = await ToldInstance.start();
  for (let n = 0; n < count; n += 500) {
    const some = Array.from({ length: Math.min(500, count - n) }, (_, k) => n + k);
    await Promise.all(
      some.map((k) => told.session.receive(`${k}`, { chatId: `551190000${k % CHATS}` })),
    );
  }
  const raw = await measureRaw(sink, count);
  await sink.reset();
  const { manager, id } = told;
  const webhook = await manager.webhooks.add(id, { url: sink.url, shape: "instance-manager" });
  const startedAt = performance.now();
  await manager.webhooks.replay(id, webhook.id, { from: 1 });
  // Asked seldom: answering costs the sink time that it did not need for the bare client.
  while ((await sink.report()).taken < count) await pause(20);
  const ours = (count / (performance.now() - startedAt)) * 1000;
  await told.close();
  await sink.close();
  return { raw, ours };
}

async function measureRaw(sink: SinkProcess, count: number): Promise<number> {
  const agent = new Agent({ connections: IN_FLIGHT });
  const body = JSON.stringify({ text: "x".repeat(320) });
  const headers = { "content-type": "application/json" };
  let left = count;
  const startedAt = performance.now();
  const post = async () => {
    while (left > 0) {
      left -= 1;
      const answer = await request(sink.url, { method: "POST", dispatcher: agent, headers, body });
      await answer.body.dump();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, post));
  const perSecond = (count / (performance.now() - startedAt)) * 1000;
  await agent.close();
  return perSecond;
}
