/**
 * Measures Orquesta against raw Baileys in one run, in turns: the ratios count, the absolute figures are
 * this machine's. `npm run bench -- inbound outbound resume heap isolation deliveries outage whatsappweb telegram`
 * chooses; all of them by default.
 */
import { FakeTelegram, FakeWhatsApp } from "@orquesta/providers/testing";
import { measureDeliveries } from "./deliveries.ts";
import { measureIdleHeap } from "./idle-heap.ts";
import { measureInbound } from "./inbound.ts";
import { measureIsolation } from "./isolation.ts";
import { Orquesta } from "./orquesta.ts";
import { measureOutage } from "./outage.ts";
import { measureOutbound } from "./outbound.ts";
import { startRaw } from "./raw.ts";
import { measureResume } from "./resume.ts";
import { Sink } from "./sink.ts";
import { measureIdleBots, measureUpdates, TelegramSubject } from "./telegram.ts";
import { measureOurBrowser, measureRawBrowser } from "./whatsappweb.ts";

const ROUNDS = 5;
const BURST = 3000;
const RAW_ACCOUNT = "5511900000001";
const OUR_ACCOUNT = "5511900000002";

const chosen = process.argv.slice(2);
const wants = (name: string) => chosen.length === 0 || chosen.includes(name);
const print = (line: string) => process.stdout.write(`${line}\n`);
// Libraries print here, too.
for (const name of ["log", "info", "warn"] as const) console[name] = () => {};

await using whatsapp = await FakeWhatsApp.listen();

if (wants("inbound") || wants("outbound")) await compareThroughput();
if (wants("resume")) await resume();
if (wants("heap")) await heap();
if (wants("isolation")) await isolation();
if (wants("deliveries")) await deliveries();
if (wants("outage")) await outage();
if (wants("whatsappweb")) await browsers();
if (wants("telegram")) await bots();

async function compareThroughput(): Promise<void> {
  const sink = await Sink.listen();
  const raw = await startRaw(whatsapp, sink.url);
  const ours = await Orquesta.start(whatsapp);
  await raw.pair(RAW_ACCOUNT);
  await ours.pair(OUR_ACCOUNT, sink.url);
  if (wants("inbound")) {
    print(`inbound, ${BURST} messages in a burst to one account, messages/s (median of ${ROUNDS})`);
    const results = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const theirs = await measureInbound(whatsapp, sink, raw, RAW_ACCOUNT, BURST);
      results.push({
        raw: theirs,
        ours: await measureInbound(whatsapp, sink, ours, OUR_ACCOUNT, BURST),
      });
    }
    compare("to the journal (receipted)", results, ({ journaled }) => journaled);
    compare("to the webhook", results, ({ delivered }) => delivered);
    compare("CPU ms per message", results, ({ cpuMsPerMessage }) => cpuMsPerMessage);
    compare("longest event-loop delay, ms", results, ({ lagMaxMs }) => lagMaxMs);
  }
  if (wants("outbound")) {
    for (const concurrency of [1, 20]) {
      print(`outbound by HTTP, ${concurrency} at a time (median of ${ROUNDS})`);
      const results = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const theirs = await measureOutbound(whatsapp, raw, RAW_ACCOUNT, 600, concurrency);
        results.push({
          raw: theirs,
          ours: await measureOutbound(whatsapp, ours, OUR_ACCOUNT, 600, concurrency),
        });
      }
      compare("messages/s", results, ({ perSecond }) => perSecond);
      compare("p50 ms", results, ({ p50Ms }) => p50Ms);
      compare("p99 ms", results, ({ p99Ms }) => p99Ms);
    }
  }
  await raw.close();
  await ours.close();
  await sink.close();
}

async function resume(): Promise<void> {
  print("from start after kill -9 until all accounts are logged in, ms");
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) times.push(await measureResume(whatsapp, 20));
  print(`  20 accounts                      ${times.map((ms) => ms.toFixed(0)).join(", ")}`);
}

async function heap(): Promise<void> {
  print("heap after collection per idle account, KiB (50 accounts, median of 5)");
  const sink = await Sink.listen();
  const raw = await startRaw(whatsapp, sink.url);
  const theirs = await measureIdleHeap(raw, "551130000", 50);
  await raw.close();
  const ours = await Orquesta.start(whatsapp);
  const mine = await measureIdleHeap(ours, "551140000", 50);
  await ours.close();
  await sink.close();
  row("heap KiB", theirs / 1024, mine / 1024);
}

async function isolation(): Promise<void> {
  print("a quiet account (20 messages/s) beside one in trouble, push to webhook");
  for (const trouble of ["none", "dead webhook", "wedged session", "flooded instance"] as const) {
    const { p50Ms, p99Ms, lost } = await measureIsolation(whatsapp, trouble);
    print(
      `  ${trouble.padEnd(30)} p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, lost ${lost}`,
    );
  }
}

async function deliveries(): Promise<void> {
  print("signed deliveries to one webhook against bare undici, a second (median of 3)");
  const results = [];
  for (let round = 0; round < 3; round += 1) results.push(await measureDeliveries(10_000));
  compare("deliveries/s", results, (perSecond) => perSecond);
}

async function outage(): Promise<void> {
  print("a webhook endpoint that is down for 60 s under 20 messages/s, then up");
  const result = await measureOutage(60, 20, ({ second, rssMiB, heapMiB, pushed }) => {
    const memory = `heap ${heapMiB.toFixed(1)} MiB  RSS ${rssMiB.toFixed(0)} MiB`;
    print(`  ${second.toFixed(0).padStart(4)} s  pushed ${pushed}  ${memory}`);
  });
  const { taken, repeated, disordered, pushed, dead, drainMs } = result;
  print(
    `  delivered ${taken - repeated} of ${pushed} in ${drainMs.toFixed(0)} ms after its return`,
  );
  print(`  repeated ${repeated}, out of order ${disordered}, given up ${dead}`);
}

async function browsers(): Promise<void> {
  print(`WhatsApp in a browser against whatsapp-web.js alone (median of ${ROUNDS})`);
  const results = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const theirs = await measureRawBrowser();
    results.push({ raw: theirs, ours: await measureOurBrowser() });
  }
  compare("start until connected, ms", results, ({ startMs }) => startMs);
  compare("memory of the browser, MiB", results, ({ memoryMiB }) => memoryMiB);
}

async function bots(): Promise<void> {
  await using telegram = await FakeTelegram.listen();
  const sink = await Sink.listen();
  const raw = await TelegramSubject.start("raw", telegram, sink);
  const ours = await TelegramSubject.start("ours", telegram, sink);
  const [theirBot, ourBot] = [await raw.add(), await ours.add()];
  print(
    `Telegram against bare telegraf, ${BURST} updates in a burst to one bot (median of ${ROUNDS})`,
  );
  const results = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const theirs = await measureUpdates(telegram, sink, theirBot, BURST);
    results.push({ raw: theirs, ours: await measureUpdates(telegram, sink, ourBot, BURST) });
  }
  compare("updates/s to the webhook", results, (perSecond) => perSecond);
  print("heap after collection per idle bot, KiB (50 bots, median of 5)");
  const theirs = await measureIdleBots(raw, 50);
  row("heap KiB", theirs / 1024, (await measureIdleBots(ours, 50)) / 1024);
  await raw.close();
  await ours.close();
  await sink.close();
}

function compare<T>(
  what: string,
  results: readonly { readonly raw: T; readonly ours: T }[],
  of: (result: T) => number,
): void {
  row(what, median(results.map((one) => of(one.raw))), median(results.map((one) => of(one.ours))));
}

function row(what: string, raw: number, ours: number): void {
  const figures = `raw ${raw.toFixed(2)}  Orquesta ${ours.toFixed(2)}`;
  print(`  ${what.padEnd(30)} ${figures}  ratio ${(ours / raw).toFixed(2)}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
