import { differences, sum } from "./resources.ts";
import type { Sample, SoakResult } from "./soak.ts";
import { growthOf, type Reckoning, reckon } from "./verdict.ts";

type Print = (line: string) => void;

const COLUMNS: readonly (readonly [string, keyof Reckoning])[] = [
  ["instances", "instances"],
  ["in", "written"],
  ["lost", "lost"],
  ["doubled", "doubled"],
  ["unanswered", "unanswered"],
  ["shown twice", "shownTwice"],
  ["not shown", "notShown"],
  ["unconfirmed", "unconfirmed"],
  ["not sent", "failed"],
];

export function printSampleHeader(print: Print): void {
  print("     min   heap MiB    RSS MiB   files  timers  browsers       in      out");
}

export function printSample(print: Print, sample: Sample): void {
  const { minute, heapMiB, rssMiB, files, timers, browsers, written, shown } = sample;
  print(
    [
      minute.toFixed(2).padStart(8),
      heapMiB.toFixed(1).padStart(11),
      rssMiB.toFixed(0).padStart(11),
      String(files).padStart(8),
      String(timers).padStart(8),
      String(browsers).padStart(10),
      String(written).padStart(9),
      String(shown).padStart(9),
    ].join(""),
  );
}

/** Everything that was seen, whether it is right or wrong. */
export function printResult(print: Print, result: SoakResult): void {
  print("");
  print(`${"".padEnd(14)}${COLUMNS.map(([title]) => title.padStart(13)).join("")}`);
  for (const row of reckon(result)) {
    const cells = COLUMNS.map(([, name]) => String(row[name]).padStart(13));
    print(`${row.provider.padEnd(14)}${cells.join("")}`);
  }
  print("");
  for (const { provider, status, error, count } of result.answerErrors) {
    print(`${String(count).padStart(6)} × ${provider}, answer ${status}: ${error}`);
  }
  for (const [name, count] of result.troubles) print(`${String(count).padStart(6)} × ${name}`);
  const { complaints, left, tally, delivered } = result;
  print(`${delivered} deliveries to webhooks of ${tally.total("journaled")} journaled messages`);
  print(
    `unhandled rejections ${complaints.unhandledRejections}, warnings ${complaints.warnings}, orphaned processes ${result.orphans.length + result.orphansAfterClose.length}`,
  );
  for (const example of complaints.examples) print(`  ${example}`);
  for (const [error, count] of Object.entries(complaints.errors)) {
    print(`  the engine logged ${count} × ${error}`);
  }
  const held = [left.before, left.after].map(
    ({ active, timers, listeners, files }) =>
      `${sum(active)} handles, ${sum(timers)} timers, ${sum(listeners)} listeners, ${sum(files)} files`,
  );
  print(`before the manager: ${held[0]}`);
  print(`after its close:    ${held[1]}`);
  const changes = differences(result.held.before, result.held.after);
  print(`from the pairings until everything had settled: ${changes.join(", ") || "no change"}`);
  const { heap, rss, isJudged } = growthOf(result);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const aim = isJudged ? "aim 2 %" : "the run is too short to judge it";
  print(`growth in the second half: heap ${percent(heap)}, RSS ${percent(rss)} (${aim})`);
}
