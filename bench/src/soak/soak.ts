import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../measured-process.ts";
import { Sink } from "../sink.ts";
import { BaileysPlatform } from "./baileys-platform.ts";
import { Browsers } from "./browsers.ts";
import { EngineProcess } from "./engine-process.ts";
import type { Complaints } from "./orders.ts";
import { type AnswerError, readJournal } from "./read-journal.ts";
import { type Resources, sum } from "./resources.ts";
import type { SoakOptions } from "./soak-options.ts";
import type { SoakAccount, SoakPlatform } from "./soak-platform.ts";
import { Tally } from "./tally.ts";
import { TelegramPlatform } from "./telegram-platform.ts";
import { Troubles } from "./troubles.ts";
import { WebPlatform } from "./web-platform.ts";

export interface Sample {
  readonly minute: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
  readonly files: number;
  readonly timers: number;
  readonly browsers: number;
  readonly written: number;
  readonly shown: number;
}

export interface SoakResult {
  readonly options: SoakOptions;
  /** Message n was written to account n modulo their number. */
  readonly accounts: readonly SoakAccount[];
  readonly tally: Tally;
  readonly answerErrors: readonly AnswerError[];
  /** Deliveries to the webhooks. */
  readonly delivered: number;
  readonly samples: readonly Sample[];
  /** What the engine held when all were connected, and when the traffic was over. */
  readonly held: { readonly before: Resources; readonly after: Resources };
  readonly troubles: ReadonlyMap<string, number>;
  readonly refusals: readonly string[];
  /** Instances that did not come back. */
  readonly apart: readonly string[];
  readonly complaints: Complaints;
  readonly browsersAtTheEnd: number;
  readonly orphans: readonly string[];
  readonly left: { readonly before: Resources; readonly after: Resources };
  /** Processes and browsers after the manager was closed. */
  readonly orphansAfterClose: readonly string[];
  readonly endedByItself: boolean;
}

const MIB = 1024 * 1024;
const IMAGE_EVERY = 50;
const SAMPLE_MS = 15_000;
const LOOK_AGAIN_MS = 500;
/** When nothing has moved for so long, nothing will; a wait for Telegram or a retry may take so long. */
const STILL_MS = 45_000;
const SETTLE_MS = 300_000;

/** Runs an engine with instances of all platforms under even traffic and troubles, and counts. */
export async function soak(
  options: SoakOptions,
  onSample: (sample: Sample) => void,
): Promise<SoakResult> {
  await using resources = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-soak-"));
  resources.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const sink = resources.adopt(await Sink.listen(), (one) => one.close());
  const baileys = resources.adopt(await BaileysPlatform.listen(), (one) => one.close());
  const web = resources.adopt(await WebPlatform.start(), (one) => one.close());
  const telegram = resources.adopt(await TelegramPlatform.listen(), (one) => one.close());
  const { url, rootKey } = baileys.whatsapp;
  const { args, acceptInsecureCerts } = web.whatsapp.launch;
  const started = EngineProcess.start({
    dataDir,
    sinkUrl: sink.url,
    whatsapp: { url, rootKey },
    web: { args, acceptInsecureCerts },
    telegramUrl: telegram.telegram.url,
  });
  const engine = resources.adopt(await started, (one) => one.kill());
  await baileys.fill(engine, options.baileys);
  await web.fill(engine, options.web);
  await telegram.fill(engine, options.telegram);

  const paired = await engine.ask("resources", null);
  const platforms = [baileys, web, telegram];
  const accounts = platforms.flatMap((platform): readonly SoakAccount[] => platform.accounts);
  const tally = new Tally(Math.round(options.minutes * 60 * options.perSecond));
  const browsers = new Browsers(join(dataDir, "web"));
  const samples: Sample[] = [];
  const sample = async (minute: number) => {
    const taken = { minute, ...(await look(engine, browsers, tally)) };
    samples.push(taken);
    onSample(taken);
  };
  const troubles = new Troubles({ engine, baileys, web, telegram, browsers });
  try {
    await exchange(options, platforms, tally, sample);
  } finally {
    await troubles.end();
  }
  await settle(engine, platforms, tally);

  const { apart } = await engine.ask("progress", null);
  const browsersAtTheEnd = browsers.leaders().length;
  const orphans = browsers.orphans(engine.pid);
  const settled = await engine.ask("resources", null);
  const { complaints, ...left } = await engine.ask("close", null);
  const orphansAfterClose = browsers.orphans(engine.pid).concat(browsers.leaders().map(String));
  const endedByItself = await engine.leave();
  await engine.kill();
  const answerErrors = readJournal(dataDir, tally);
  return {
    options,
    accounts,
    tally,
    answerErrors,
    delivered: sink.count,
    samples,
    held: { before: paired, after: settled },
    troubles: troubles.counts,
    refusals: troubles.failures,
    apart,
    complaints,
    browsersAtTheEnd,
    orphans,
    left,
    orphansAfterClose,
    endedByItself,
  };
}

async function exchange(
  { minutes, perSecond }: SoakOptions,
  platforms: readonly SoakPlatform[],
  tally: Tally,
  sample: (minute: number) => Promise<void>,
): Promise<void> {
  const accounts = platforms.flatMap((platform) => platform.accounts);
  const start = performance.now();
  const total = Math.round(minutes * 60 * perSecond);
  let sampled = 0;
  for (let number = 0; number < total; number += 1) {
    await sleepUntil(start + (number / perSecond) * 1000);
    const round = Math.floor(number / accounts.length);
    const text = `message ${number}`;
    const kind = number % IMAGE_EVERY === IMAGE_EVERY - 1 ? "image" : "text";
    await accounts[number % accounts.length]?.write(text, kind, round);
    tally.count("written", text);
    const elapsed = performance.now() - start;
    if (elapsed < (sampled + 1) * SAMPLE_MS) continue;
    sampled = Math.floor(elapsed / SAMPLE_MS);
    for (const platform of platforms) platform.collect(tally);
    await sample(elapsed / 60_000);
  }
}

async function look(engine: EngineProcess, browsers: Browsers, tally: Tally) {
  const { heapBytes, rssBytes } = await engine.measure();
  const { files, timers } = await engine.ask("resources", null);
  return {
    heapMiB: heapBytes / MIB,
    rssMiB: rssBytes / MIB,
    files: sum(files),
    timers: sum(timers),
    browsers: browsers.leaders().length,
    written: tally.total("written"),
    shown: tally.total("shown"),
  };
}

/** Until every message is answered and every instance connected, or nothing moves any more. */
async function settle(
  engine: EngineProcess,
  platforms: readonly SoakPlatform[],
  tally: Tally,
): Promise<void> {
  let seen = "";
  let since = Date.now();
  const isSettled = async () => {
    await sleepUntil(performance.now() + LOOK_AGAIN_MS);
    for (const platform of platforms) platform.collect(tally);
    const { answered, apart } = await engine.ask("progress", null);
    const pending = platforms
      .flatMap((platform) => platform.accounts)
      .reduce((sum, account) => sum + account.pending, 0);
    const shown = tally.total("shown");
    if (pending === 0 && apart.length === 0 && shown >= tally.total("written")) return true;
    const now = `${pending}/${answered}/${shown}/${apart.join()}`;
    if (now !== seen) since = Date.now();
    seen = now;
    return Date.now() - since > STILL_MS;
  };
  // What has not settled by then is counted as it is.
  await until(isSettled, SETTLE_MS).catch(() => {});
}

async function sleepUntil(at: number): Promise<void> {
  const ms = at - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
