import type { FakeWhatsApp } from "@orquesta/providers/testing";
import type { Subject } from "./subject.ts";

export interface OutboundResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const PEERS = 10;

/** Texts by HTTP from one account to ten peers, `concurrency` requests at a time. */
export async function measureOutbound(
  whatsapp: FakeWhatsApp,
  subject: Subject,
  account: string,
  messages: number,
  concurrency: number,
): Promise<OutboundResult> {
  // Nobody may write to a number that is not on WhatsApp.
  for (let peer = 0; peer < PEERS; peer += 1) whatsapp.peer(`5511980000${peer}`);
  const times: number[] = [];
  let next = 0;
  const start = performance.now();
  const sendAll = async () => {
    while (next < messages) {
      const number = next;
      next += 1;
      const began = performance.now();
      await subject.send(account, `5511980000${number % PEERS}`, `reply ${number}`);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sendAll));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  return {
    perSecond: messages / seconds,
    p50Ms: times[Math.floor(messages * 0.5)] ?? 0,
    p99Ms: times[Math.floor(messages * 0.99)] ?? 0,
  };
}
