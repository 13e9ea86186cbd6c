/**
 * Kills an engine again and again under traffic and upkeep, then counts. `npm run crash -- --help` tells the options.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CrashTest } from "./crash-test.ts";

// A peer's library may print, too.
for (const name of ["info", "warn"] as const) console[name] = () => {};

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    plain: { type: "boolean", default: false },
    messages: { type: "string" },
    accounts: { type: "string" },
    rate: { type: "string" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run crash -- [options]
  --short       4,000 messages instead of 100,000
  --plain       journals on messages.upsert: has to lose messages, exits 0 when it does
  --messages N  --accounts N (20)  --rate N a second (200)
  --keep        keeps the data directory
`);
  process.exit(0);
}

const dataDir = mkdtempSync(join(tmpdir(), "orquesta-crash-"));
const test = new CrashTest({
  dataDir,
  provider: values.plain ? "plain" : "baileys",
  messages: Number(values.messages ?? (values.short ? 4000 : 100_000)),
  accounts: Number(values.accounts ?? 20),
  rate: Number(values.rate ?? 200),
  print: (line) => process.stdout.write(`${line}\n`),
});
const faults = await test.run();
for (const fault of faults) process.stdout.write(`FAULT  ${fault}\n`);
const caught = faults.length > 0;
if (values.plain) {
  process.stdout.write(
    caught ? "ok: the plain way was caught\n" : "FAULT  the plain way was not caught\n",
  );
}
if (values.keep) process.stdout.write(`data is in ${dataDir}\n`);
else rmSync(dataDir, { recursive: true, force: true });
process.exit(caught === values.plain ? 0 : 1);
