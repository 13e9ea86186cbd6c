import type { FakeWhatsApp } from "@orquesta/providers/testing";
import { Fleet } from "./fleet.ts";
import { until } from "./measured-process.ts";
import { Sink } from "./sink.ts";

export interface SoakOptions {
  readonly accounts: number;
  readonly minutes: number;
  /** Messages that come in, over all accounts; every tenth is answered. */
  readonly perSecond: number;
  onSample(sample: Sample): void;
}

export interface Sample {
  readonly minute: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
  readonly databaseMiB: number;
  readonly received: number;
}

export interface SoakResult {
  readonly restartMs: number;
  readonly cut: { readonly firstMs: number; readonly lastMs: number };
  readonly pushed: number;
  readonly delivered: number;
  /** The last quarter against the one that ends the first half: 0.02 = 2 percent more. */
  readonly heapGrowth: number;
  readonly rssGrowth: number;
}

const CUT = 20;
const PEERS_PER_ACCOUNT = 3;
const SAMPLES_PER_MINUTE = 4;
const MIB = 1024 * 1024;

/** A fleet under even traffic: is what it holds in memory still the same after a long time? */
export async function soak(whatsapp: FakeWhatsApp, options: SoakOptions): Promise<SoakResult> {
  const sink = await Sink.listen();
  const fleet = await Fleet.pair(whatsapp, sink, options.accounts);
  try {
    const restartMs = await fleet.restart();
    const cut = await fleet.cut(Math.min(CUT, options.accounts));
    const samples: Sample[] = [];
    const pushed = await run(whatsapp, fleet, sink, options, (sample) => {
      samples.push(sample);
      options.onSample(sample);
    });
    await until(() => sink.count >= pushed, 60_000).catch(() => {});
    const growth = (of: (sample: Sample) => number) => growthOf(samples.map(of));
    return {
      restartMs,
      cut,
      pushed,
      delivered: sink.count,
      heapGrowth: growth(({ heapMiB }) => heapMiB),
      rssGrowth: growth(({ rssMiB }) => rssMiB),
    };
  } finally {
    await fleet.close();
    await sink.close();
  }
}

async function run(
  whatsapp: FakeWhatsApp,
  fleet: Fleet,
  sink: Sink,
  { minutes, perSecond }: SoakOptions,
  onSample: (sample: Sample) => void,
): Promise<number> {
  const start = performance.now();
  const total = Math.round(minutes * 60 * perSecond);
  const everySample = Math.max(Math.round((60 * perSecond) / SAMPLES_PER_MINUTE), 1);
  for (let index = 0; index < total; index += 1) {
    await sleepUntil(start + (index / perSecond) * 1000);
    await exchange(whatsapp, fleet, index);
    if ((index + 1) % everySample !== 0) continue;
    const { heapBytes, rssBytes } = await fleet.orquesta.measure();
    onSample({
      minute: (performance.now() - start) / 60_000,
      heapMiB: heapBytes / MIB,
      rssMiB: rssBytes / MIB,
      databaseMiB: fleet.orquesta.databaseBytes() / MIB,
      received: sink.count,
    });
  }
  return total;
}

async function exchange(whatsapp: FakeWhatsApp, fleet: Fleet, index: number): Promise<void> {
  const { numbers, orquesta } = fleet;
  const account = numbers[index % numbers.length] ?? "";
  const round = Math.floor(index / numbers.length);
  const writer = `5511990000${(index + round) % PEERS_PER_ACCOUNT}`;
  await whatsapp.peer(writer).send(account, `message ${index} of an ordinary length, more or less`);
  if (index % 10 === 0) await orquesta.send(account, writer, `answer to ${index}`);
}

async function sleepUntil(at: number): Promise<void> {
  const ms = at - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Medians of the quarters: single samples are noise. */
function growthOf(values: readonly number[]): number {
  const quarter = Math.max(Math.floor(values.length / 4), 1);
  const middle = Math.floor(values.length / 2);
  return median(values.slice(-quarter)) / median(values.slice(middle - quarter, middle)) - 1;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
