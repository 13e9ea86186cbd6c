/**
 * `npm run soak -- --minutes 30 --accounts 100 --per-second 20`. Fails when an account does not come
 * back or a message is missing at the webhook; what it says about memory is for people to read.
 */
import { parseArgs } from "node:util";
import { FakeWhatsApp } from "@orquesta/providers/testing";
import { soak } from "./soak.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    accounts: { type: "string", default: "100" },
    "per-second": { type: "string", default: "20" },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
for (const name of ["log", "info", "warn"] as const) console[name] = () => {};

await using whatsapp = await FakeWhatsApp.listen({ historyLimit: 100 });
const accounts = Number(values.accounts);
const result = await soak(whatsapp, {
  accounts,
  minutes: Number(values.minutes),
  perSecond: Number(values["per-second"]),
  onSample: ({ minute, heapMiB, rssMiB, databaseMiB, received }) => {
    const memory = `heap ${heapMiB.toFixed(1)} MiB  RSS ${rssMiB.toFixed(0)} MiB`;
    print(
      `  ${minute.toFixed(2).padStart(6)} min  ${memory}  database ${databaseMiB.toFixed(1)} MiB  delivered ${received}`,
    );
  },
});
print(`after kill -9, all ${accounts} accounts logged in: ${result.restartMs.toFixed(0)} ms`);
const { firstMs, lastMs } = result.cut;
print(`20 lines cut at once: first back ${firstMs.toFixed(0)} ms, last ${lastMs.toFixed(0)} ms`);
print(`delivered ${result.delivered} of ${result.pushed}`);
print(
  `growth in the second half: heap ${percent(result.heapGrowth)}, RSS ${percent(result.rssGrowth)}`,
);
if (result.delivered !== result.pushed) process.exitCode = 1;
