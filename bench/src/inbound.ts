import type { FakeWhatsApp } from "@orquesta/providers/testing";
import { until } from "./measured-process.ts";
import type { Sink } from "./sink.ts";
import type { Subject } from "./subject.ts";

export interface InboundResult {
  /** Messages a second until the last one was receipted: with Orquesta that means journaled. */
  readonly journaled: number;
  /** Messages a second until the last one was at the webhook sink. */
  readonly delivered: number;
  readonly cpuMsPerMessage: number;
  readonly lagMaxMs: number;
}

const SENDERS = 10;
const PATIENCE_MS = 180_000;

/** A burst that was encrypted before, from ten senders to one account. */
export async function measureInbound(
  whatsapp: FakeWhatsApp,
  sink: Sink,
  subject: Subject,
  account: string,
  messages: number,
): Promise<InboundResult> {
  const batches = [];
  for (let sender = 0; sender < SENDERS; sender += 1) {
    const peer = whatsapp.peer(`5511980000${sender}`, { name: `Sender ${sender}` });
    const texts = Array.from({ length: messages / SENDERS }, (_, index) => `message ${index}`);
    batches.push(await peer.prepare(account, texts));
  }
  const deliveredBefore = sink.count;
  const { cpuMs } = await subject.measure();
  await subject.reset();
  const start = performance.now();
  for (const batch of batches) batch.push();
  await until(() => whatsapp.pending(account).length === 0, PATIENCE_MS);
  const journaledMs = performance.now() - start;
  await until(() => sink.count >= deliveredBefore + messages, PATIENCE_MS);
  const deliveredMs = performance.now() - start;
  const after = await subject.measure();
  return {
    journaled: (messages / journaledMs) * 1000,
    delivered: (messages / deliveredMs) * 1000,
    cpuMsPerMessage: (after.cpuMs - cpuMs) / messages,
    lagMaxMs: after.lagMaxMs,
  };
}
