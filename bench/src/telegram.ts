import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeTelegram, FakeTelegramBot } from "@orquesta/providers/testing";
import { MeasuredProcess, until } from "./measured-process.ts";
import type { Sink } from "./sink.ts";

const PROGRAM = new URL("./telegram-program.ts", import.meta.url);
const PEOPLE = 10;
const SETTLE_MS = 3000;
const SAMPLES = 5;

/** A process under measurement that runs bots on the fake Telegram. */
export class TelegramSubject {
  readonly #process: MeasuredProcess;
  readonly #telegram: FakeTelegram;
  readonly #dataDir: string;

  private constructor(process: MeasuredProcess, telegram: FakeTelegram, dataDir: string) {
    this.#process = process;
    this.#telegram = telegram;
    this.#dataDir = dataDir;
  }

  static async start(
    subject: "raw" | "ours",
    telegram: FakeTelegram,
    sink: Sink,
  ): Promise<TelegramSubject> {
    const dataDir = mkdtempSync(join(tmpdir(), "orquesta-bench-"));
    const env = { SUBJECT: subject, API_ROOT: telegram.url, SINK_URL: sink.url, DATA_DIR: dataDir };
    const process = new MeasuredProcess(PROGRAM, [], env);
    await process.hear((message): message is object => "ready" in message);
    return new TelegramSubject(process, telegram, dataDir);
  }

  /** A new bot, asked for its updates. */
  async add(): Promise<FakeTelegramBot> {
    const bot = this.#telegram.createBot();
    this.#process.child.send({ token: bot.token });
    await until(() => bot.isPolled);
    return bot;
  }

  /** Heap after a collection: the median of five. */
  async heapBytes(): Promise<number> {
    const samples: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      samples.push((await this.#process.measure()).heapBytes);
    }
    return samples.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? 0;
  }

  async close(): Promise<void> {
    await this.#process.kill();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

/** Updates a second, from a burst of ten people to one bot until the last one is at the sink. */
export async function measureUpdates(
  telegram: FakeTelegram,
  sink: Sink,
  bot: FakeTelegramBot,
  updates: number,
): Promise<number> {
  const people = Array.from({ length: PEOPLE }, () => telegram.createUser());
  const wanted = sink.count + updates;
  const start = performance.now();
  for (let number = 0; number < updates; number += 1) {
    people[number % PEOPLE]?.write(bot, `message ${number}`);
  }
  await until(() => sink.count >= wanted);
  return (updates / (performance.now() - start)) * 1000;
}

/** Heap of each idle bot after the first, bytes. */
export async function measureIdleBots(subject: TelegramSubject, bots: number): Promise<number> {
  await subject.add();
  const before = await subject.heapBytes();
  for (let bot = 0; bot < bots; bot += 1) await subject.add();
  return ((await subject.heapBytes()) - before) / bots;
}
