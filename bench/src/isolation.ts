import type { FakeWhatsApp } from "@orquesta/providers/testing";
import { Orquesta } from "./orquesta.ts";
import { Sink } from "./sink.ts";

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lost: number;
}

const QUIET = "5511600000001";
const TROUBLED = "5511600000002";
const PER_SECOND = 20;
const SECONDS = 10;

type Trouble = "none" | "dead webhook" | "wedged session" | "flooded instance";

/** From push to webhook for a quiet account while another one on the same server is in trouble. */
export async function measureIsolation(whatsapp: FakeWhatsApp, trouble: Trouble): Promise<Latency> {
  const sink = await Sink.listen();
  const dead = await Sink.listen({ answers: false });
  const orquesta = await Orquesta.start(whatsapp);
  await orquesta.pair(QUIET, sink.url);
  await orquesta.pair(TROUBLED, trouble === "dead webhook" ? dead.url : sink.silentUrl);
  const end = await begin(whatsapp, trouble);
  const latency = await pace(whatsapp, sink);
  end();
  await orquesta.close();
  await sink.close();
  await dead.close();
  whatsapp.phone(QUIET).unlink();
  whatsapp.phone(TROUBLED).unlink();
  return latency;
}

async function begin(whatsapp: FakeWhatsApp, trouble: Trouble): Promise<() => void> {
  const noisy = whatsapp.peer("5511610000000", { name: "Noisy" });
  if (trouble === "wedged session") return whatsapp.stall(TROUBLED);
  if (trouble === "none") return () => {};
  const flood = trouble === "flooded instance";
  const texts = Array.from({ length: flood ? 4000 : 1000 }, (_, index) => `noise ${index}`);
  (await noisy.prepare(TROUBLED, texts)).push();
  return () => {};
}

async function pace(whatsapp: FakeWhatsApp, sink: Sink): Promise<Latency> {
  const peer = whatsapp.peer("5511620000000", { name: "Calm" });
  const sent = new Map<string, number>();
  const times: number[] = [];
  sink.onArrival = (id) => {
    const at = sent.get(id);
    if (at === undefined) return;
    sent.delete(id);
    times.push(performance.now() - at);
  };
  for (let number = 0; number < PER_SECOND * SECONDS; number += 1) {
    const at = performance.now();
    const { id } = await peer.send(QUIET, `calm ${number}`);
    sent.set(id, at);
    await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
  }
  await new Promise((resolve) => setTimeout(resolve, 2000));
  times.sort((a, b) => a - b);
  return {
    p50Ms: times[Math.floor(times.length * 0.5)] ?? Number.NaN,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    lost: sent.size,
  };
}
