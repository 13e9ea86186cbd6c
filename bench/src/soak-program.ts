/**
 * `npm run soak -- --minutes 60 --baileys 20 --web 5 --telegram 50 --per-second 10`: one engine under
 * even traffic and troubles on all platforms. Fails when a message is lost or doubled where that must
 * not be, when something is left behind, or when memory grows.
 */
import { printResult, printSample, printSampleHeader } from "./soak/print-result.ts";
import { soak } from "./soak/soak.ts";
import { parseSoakOptions } from "./soak/soak-options.ts";
import { judge } from "./soak/verdict.ts";

const print = (line: string) => process.stdout.write(`${line}\n`);
// Libraries print here, too.
for (const name of ["log", "info", "warn"] as const) console[name] = () => {};

const options = parseSoakOptions(process.argv.slice(2));
printSampleHeader(print);
const result = await soak(options, (sample) => printSample(print, sample));
printResult(print, result);
const faults = judge(result);
print("");
for (const fault of faults) print(`  ${fault}`);
print(faults.length === 0 ? "passed" : `failed: ${faults.length} faults`);
if (faults.length > 0) process.exitCode = 1;
