import {
  FakeTelegram,
  type FakeTelegramBot,
  type FakeTelegramUser,
} from "@orquesta/providers/testing";
import { JournalCheck } from "../journal-check.ts";
import { countJournaled } from "../journal-count.ts";
import { Ledger } from "../ledger.ts";
import { Sink } from "../sink.ts";
import { pause, TICK_MS, until, untilOr } from "../waiting.ts";
import { answerStates, judgeAnswers } from "./answers-check.ts";
import { BotChild } from "./bot-child.ts";
import { countPlain } from "./plain-journal.ts";

export interface TelegramCrashTestOptions {
  readonly dataDir: string;
  readonly subject: "engine" | "plain";
  readonly messages: number;
  readonly bots: number;
  /** Messages a second, over all bots. */
  readonly rate: number;
  print(line: string): void;
}

/** Where the process is killed: at random, behind a commit, at a delivery, while a send has no answer yet. */
const STAGES = ["random", "after-commit", "after-delivery", "during-send"] as const;
type Stage = (typeof STAGES)[number];

const PEOPLE = 12;
const ASK_EVERY = 10;
const MAX_BACKLOG = 1500;
const SETTLE_MS = 120_000;
const STAGE_MS = 8_000;
const START_MS = 60_000;

/** Traffic from a fake Telegram, kills at random and at each stage; then the count. */
export class TelegramCrashTest {
  readonly #options: TelegramCrashTestOptions;
  readonly #ledger = new Ledger();
  readonly #kills = new Map<Stage, number>();

  constructor(options: TelegramCrashTestOptions) {
    this.#options = options;
  }

  /** @returns what is wrong; empty when nothing is */
  async run(): Promise<readonly string[]> {
    const { dataDir, subject, print } = this.#options;
    const telegram = await FakeTelegram.listen({ historyLimit: 1_000_000 });
    const sink = await Sink.listen(({ account, event }) => {
      if (event.name !== "message.received" || !event.data.message) return;
      this.#ledger.arrive(account, event.chatId ?? "", event.data.message.id, event.id);
    });
    const bots = Array.from({ length: this.#options.bots }, () => telegram.createBot());
    const people = Array.from({ length: PEOPLE }, (_, n) =>
      telegram.createUser({ firstName: `Peer ${n}` }),
    );
    const tokens = bots.map(({ token }) => token);
    const start = (stage: string, after: number) =>
      new BotChild({
        subject,
        dataDir,
        tokens,
        stage,
        after,
        apiRoot: telegram.url,
        sinkUrl: sink.url,
      });
    const began = Date.now();
    // Bots are made known once, as no start is worth anything before.
    const first = start("", 0);
    await until(() => bots.every(({ isPolled }) => isPolled), START_MS, "the first start");
    await first.kill();
    const traffic = this.#push(bots, people);
    await this.#killUntil(traffic, start, bots, telegram, sink);
    const last = start("", 0);
    await this.#settle(bots);
    await last.close();
    const faults = this.#judge(bots, people);
    print(this.#summary(bots, Date.now() - began));
    await sink.close();
    await telegram.close();
    return faults;
  }

  async #push(bots: readonly FakeTelegramBot[], people: readonly FakeTelegramUser[]) {
    const { messages, rate } = this.#options;
    const began = performance.now();
    while (this.#ledger.pushes < messages) {
      const due = Math.min(((performance.now() - began) / 1000) * rate, messages);
      while (this.#ledger.pushes < due) {
        const number = this.#ledger.pushes;
        const bot = bots[number % bots.length];
        const person = people[Math.floor(Math.random() * people.length)];
        if (!bot || !person) throw new Error("nobody to write");
        const asks = number % ASK_EVERY === 0;
        const { message_id } = person.write(bot, asks ? `ask ${number}` : `message ${number}`);
        this.#ledger.push(String(bot.id), String(person.id), String(message_id));
        if (asks) this.#ledger.expectAnswer(`answer ${number}`, String(person.id));
      }
      await pause(TICK_MS);
      while (backlog(bots) > MAX_BACKLOG) await pause(TICK_MS);
    }
  }

  async #killUntil(
    traffic: Promise<void>,
    start: (stage: string, after: number) => BotChild,
    bots: readonly FakeTelegramBot[],
    telegram: FakeTelegram,
    sink: Sink,
  ): Promise<void> {
    let isOver = false;
    void traffic.finally(() => {
      isOver = true;
    });
    for (let round = 0; !isOver; round += 1) {
      const stage = STAGES[round % STAGES.length] ?? "random";
      const after = 1 + Math.floor(Math.random() * 100);
      const child = start(stage, after);
      // A kill at random may hit the start, too; the others want a process that works.
      if (stage !== "random") {
        await untilOr(() => child.isGone || bots.some(({ isPolled }) => isPolled), START_MS);
      }
      await untilKilled(child, stage, after, telegram, sink);
      await child.kill();
      this.#kills.set(stage, (this.#kills.get(stage) ?? 0) + 1);
    }
    await traffic;
  }

  /** Until everything has arrived, or nothing moves any more. */
  async #settle(bots: readonly FakeTelegramBot[]): Promise<void> {
    const { dataDir, subject } = this.#options;
    let seen = "";
    let still = 0;
    await untilOr(() => {
      const done = backlog(bots) === 0 && this.#ledger.arrivals >= this.#ledger.pushes;
      const owed = subject === "engine" ? unsettled(dataDir) : 0;
      const now = `${backlog(bots)}/${this.#ledger.arrivals}/${owed}`;
      still = now === seen ? still + 1 : 0;
      seen = now;
      return (done && owed === 0 && still > 20) || still > 15_000 / TICK_MS;
    }, SETTLE_MS);
  }

  #judge(bots: readonly FakeTelegramBot[], people: readonly FakeTelegramUser[]): string[] {
    const { dataDir, subject } = this.#options;
    const due = this.#ledger.answersDue.keys();
    const shown = shownAnswers(bots, people);
    if (subject === "plain") {
      const doubled = [...due].filter((text) => (shown.get(text) ?? 0) > 1).length;
      const faults = [...this.#ledger.judge(countPlain(dataDir))];
      return doubled > 0 ? [...faults, `${doubled} answers were shown twice`] : faults;
    }
    const journal = new JournalCheck(dataDir);
    const faults = journal.faults();
    journal.close();
    faults.push(...this.#ledger.judge(countJournaled(dataDir)));
    faults.push(...judgeAnswers(due, shown, answerStates(dataDir)));
    return faults;
  }

  #summary(bots: readonly FakeTelegramBot[], ms: number): string {
    const kills = [...this.#kills].map(([stage, count]) => `${stage} ${count}`).join(", ");
    const { pushes, arrivals, repeats, answersDue } = this.#ledger;
    const isEngine = this.#options.subject === "engine";
    const states = isEngine ? [...answerStates(this.#options.dataDir).values()].flat() : [];
    const uncertain = states.filter((state) => state === "unconfirmed").length;
    return [
      `${bots.length} bots, ${pushes} messages in ${Math.round(ms / 1000)} s, kills: ${kills}`,
      `at the webhook ${arrivals} (${repeats} repeats), answers due ${answersDue.size}, uncertain ${uncertain}`,
    ].join("\n");
  }
}

async function untilKilled(
  child: BotChild,
  stage: Stage,
  after: number,
  telegram: FakeTelegram,
  sink: Sink,
): Promise<void> {
  let left = after;
  if (stage === "after-delivery") {
    sink.onAnswered = () => {
      left -= 1;
      if (left === 0) void child.kill();
    };
  }
  // Telegram has the message, and nobody hears of it.
  const fault =
    stage === "during-send"
      ? telegram.fail({ kind: "hang", handled: true }, { method: "sendMessage" })
      : null;
  const moment = stage === "random" ? 800 + after * 20 : STAGE_MS;
  const deadline = Date.now() + moment;
  await untilOr(() => child.isGone || fault?.left === 0 || Date.now() > deadline, STAGE_MS);
  if (fault?.left === 0) await pause(TICK_MS);
  fault?.end();
  sink.onAnswered = () => {};
}

function backlog(bots: readonly FakeTelegramBot[]): number {
  return bots.reduce((sum, bot) => sum + bot.pendingUpdates.length, 0);
}

function unsettled(dataDir: string): number {
  const states = [...answerStates(dataDir).values()].flat();
  return states.filter((state) => state === "queued" || state === "sending").length;
}

/** How often each text of a bot stands in a chat. */
function shownAnswers(
  bots: readonly FakeTelegramBot[],
  people: readonly FakeTelegramUser[],
): Map<string, number> {
  const shown = new Map<string, number>();
  for (const bot of bots) {
    for (const person of people) {
      for (const { from, text = "" } of bot.chatWith(person).messages) {
        if (from?.id === bot.id) shown.set(text, (shown.get(text) ?? 0) + 1);
      }
    }
  }
  return shown;
}
