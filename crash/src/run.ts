/**
 * Kills an engine again and again under traffic and upkeep, then counts. `npm run crash -- --help` tells the options.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CrashTest } from "./crash-test.ts";
import { TelegramCrashTest } from "./telegram/telegram-crash-test.ts";

const PROVIDERS = ["baileys", "telegram"] as const;

// A peer's library may print, too.
for (const name of ["info", "warn"] as const) console[name] = () => {};

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    plain: { type: "boolean", default: false },
    provider: { type: "string" },
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
  --provider P  baileys or telegram; without it both
  --plain       the plain way of the library: has to lose or double messages, exits 0 when it does
  --messages N  --accounts N (20)  --rate N a second (200)
  --keep        keeps the data directory
`);
  process.exit(0);
}

const wanted = PROVIDERS.filter((name) => name === (values.provider ?? name));
if (wanted.length === 0) {
  process.stderr.write(`--provider is one of ${PROVIDERS.join(", ")}\n`);
  process.exit(2);
}
const messages = Number(values.messages ?? (values.short ? 4000 : 100_000));
const accounts = Number(values.accounts ?? 20);
const rate = Number(values.rate ?? 200);
const print = (line: string) => void process.stdout.write(`${line}\n`);

function makeTest(provider: (typeof PROVIDERS)[number], dataDir: string) {
  const shared = { dataDir, messages, rate, print };
  if (provider === "telegram") {
    const subject = values.plain ? "plain" : "engine";
    return new TelegramCrashTest({ ...shared, bots: accounts, subject });
  }
  return new CrashTest({ ...shared, accounts, provider: values.plain ? "plain" : "baileys" });
}

let isAsItShould = true;
for (const provider of wanted) {
  print(provider);
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-crash-"));
  const faults = await makeTest(provider, dataDir).run();
  for (const fault of faults) print(`FAULT  ${fault}`);
  const caught = faults.length > 0;
  if (values.plain)
    print(caught ? "ok: the plain way was caught" : "FAULT  the plain way was not caught");
  if (caught !== values.plain) isAsItShould = false;
  if (values.keep) print(`data is in ${dataDir}`);
  else rmSync(dataDir, { recursive: true, force: true });
}
process.exit(isAsItShould ? 0 : 1);
