import { growthOfSecondHalf } from "./growth.ts";
import { differences } from "./resources.ts";
import type { Sample, SoakResult } from "./soak.ts";

/** What became of the messages of one platform. */
export interface Reckoning {
  readonly provider: string;
  readonly instances: number;
  readonly written: number;
  readonly lost: number;
  readonly doubled: number;
  /** Journaled and never answered by the engine. */
  readonly unanswered: number;
  readonly answeredTwice: number;
  readonly shownTwice: number;
  /** Sent by what the outbox says, and not shown. */
  readonly notShown: number;
  readonly unconfirmed: number;
  /** Answers that did not go out, with their state. */
  readonly failed: number;
}

export interface Growth {
  readonly heap: number;
  readonly rss: number;
  /** Whether the run was long enough to hold it against the aim. */
  readonly isJudged: boolean;
}

const MAX_GROWTH = 0.02;
/** What warms up is not done before. */
const JUDGED_FROM_MINUTES = 20;
const GONE_OUT = ["sent", "delivered", "read"];

/** A line for each platform that has instances. */
export function reckon({ accounts, tally }: SoakResult): Reckoning[] {
  const providers = [...new Set(accounts.map(({ provider }) => provider))];
  return providers.map((provider) => {
    const rows = { written: 0, lost: 0, doubled: 0, unanswered: 0, answeredTwice: 0 };
    const ends = { shownTwice: 0, notShown: 0, unconfirmed: 0, failed: 0 };
    for (let number = 0; number < tally.total("written"); number += 1) {
      if (accounts[number % accounts.length]?.provider !== provider) continue;
      rows.written += 1;
      const journaled = tally.times("journaled", number);
      const accepted = tally.times("accepted", number);
      const shown = tally.times("shown", number);
      const state = tally.stateOfAnswer(number) ?? "";
      if (journaled === 0) rows.lost += 1;
      if (journaled > 1) rows.doubled += 1;
      if (journaled > 0 && accepted === 0) rows.unanswered += 1;
      if (accepted > 1) rows.answeredTwice += 1;
      if (shown > 1) ends.shownTwice += 1;
      if (accepted === 0) continue;
      if (state === "unconfirmed") ends.unconfirmed += 1;
      else if (!GONE_OUT.includes(state)) ends.failed += 1;
      else if (shown === 0) ends.notShown += 1;
    }
    const instances = accounts.filter((account) => account.provider === provider).length;
    return { provider, instances, ...rows, ...ends };
  });
}

export function growthOf({ options, samples }: SoakResult): Growth {
  const of = (value: (sample: Sample) => number) =>
    growthOfSecondHalf(samples.map((sample) => ({ at: sample.minute, value: value(sample) })));
  return {
    heap: of(({ heapMiB }) => heapMiB),
    rss: of(({ rssMiB }) => rssMiB),
    isJudged: options.minutes >= JUDGED_FROM_MINUTES,
  };
}

/** @returns what is wrong; empty when nothing is */
export function judge(result: SoakResult): string[] {
  const faults: string[] = [];
  const none = (count: number, what: string) => {
    if (count > 0) faults.push(`${count} ${what}`);
  };
  for (const row of reckon(result)) {
    const { provider } = row;
    // WhatsApp Web says "received" by itself, and it and Telegram choose the ids: see docs/whatsappweb.md.
    if (provider !== "whatsappweb")
      none(row.lost, `messages to ${provider} are not in the journal`);
    if (provider === "baileys") none(row.unconfirmed, "answers of baileys are uncertain");
    none(row.doubled, `messages to ${provider} are in the journal more than once`);
    none(row.unanswered, `messages to ${provider} were never answered`);
    none(row.answeredTwice, `messages to ${provider} were answered twice`);
    none(row.shownTwice, `answers of ${provider} were shown twice`);
    none(row.notShown, `answers of ${provider} are sent and were never shown`);
    none(row.failed, `answers of ${provider} did not go out`);
  }
  for (const { provider, status, error, count } of result.answerErrors) {
    if (!GONE_OUT.includes(status)) continue;
    none(count, `answers of ${provider} are ${status}, and were said to have failed: ${error}`);
  }
  const { complaints, tally, left, options } = result;
  none(tally.total("journaled") - result.delivered, "messages never arrived at the webhook");
  none(complaints.unhandledRejections, "unhandled rejections");
  none(complaints.warnings, "warnings of Node");
  for (const line of result.apart) faults.push(`an instance did not come back: ${line}`);
  for (const line of result.refusals) faults.push(`the engine refused: ${line}`);
  for (const line of result.orphans) faults.push(`a process of nobody: ${line}`);
  if (result.browsersAtTheEnd !== options.web) {
    faults.push(`${result.browsersAtTheEnd} browsers of ${options.web} instances`);
  }
  for (const line of result.orphansAfterClose) faults.push(`a process after close: ${line}`);
  for (const line of differences(left.before, left.after)) faults.push(`after close: ${line}`);
  if (!result.endedByItself) faults.push("the process did not end by itself after close");
  const { heap, rss, isJudged } = growthOf(result);
  for (const [what, growth] of [
    ["heap", heap],
    ["RSS", rss],
  ] as const) {
    if (isJudged && !(growth <= MAX_GROWTH)) {
      faults.push(`${what} grew by ${(growth * 100).toFixed(1)} % in the second half`);
    }
  }
  return faults;
}
