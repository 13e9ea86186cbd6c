import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InstanceManager } from "@orquesta/core";
import { FakeWhatsAppWeb } from "@orquesta/providers/testing";
import { whatsappweb } from "@orquesta/providers/whatsappweb";
import WhatsappWeb from "whatsapp-web.js";
import { until } from "./measured-process.ts";

const SHELL = "/usr/lib/chromium/chromium-headless-shell";

export interface BrowserFigures {
  /** From the order to start until the account is connected, its profile being there. */
  readonly startMs: number;
  /** Proportional share of the browser's memory. */
  readonly memoryMiB: number;
}

/** A paired account, started again: whatsapp-web.js alone, with the options that one would give it. */
export async function measureRawBrowser(): Promise<BrowserFigures> {
  await using whatsapp = await FakeWhatsAppWeb.start();
  const directory = await mkdtemp(join(tmpdir(), "orquesta-bench-"));
  const { args, acceptInsecureCerts, webVersionCache } = whatsapp.launch;
  const phone = whatsapp.phone("5511900000001");
  const open = () =>
    new WhatsappWeb.Client({
      authStrategy: new WhatsappWeb.LocalAuth({ dataPath: directory }),
      webVersionCache,
      puppeteer: {
        executablePath: SHELL,
        headless: "shell",
        pipe: true,
        acceptInsecureCerts,
        args: [...args, "--no-sandbox"],
      },
    });
  const start = async (client: WhatsappWeb.Client) => {
    const ready = new Promise((resolve) => client.once("ready", resolve));
    await Promise.all([client.initialize(), ready]);
  };
  const first = open();
  first.on("qr", (qr) => phone.scan(qr));
  await start(first);
  await first.destroy();
  const client = open();
  const startedAt = performance.now();
  await start(client);
  const startMs = performance.now() - startedAt;
  const memoryMiB = await memoryOf(client.pupBrowser?.process()?.pid);
  await client.destroy();
  await rm(directory, { recursive: true });
  return { startMs, memoryMiB };
}

/** The same by the engine, with its journal on disk. */
export async function measureOurBrowser(): Promise<BrowserFigures> {
  await using whatsapp = await FakeWhatsAppWeb.start();
  const directory = await mkdtemp(join(tmpdir(), "orquesta-bench-"));
  const provider = whatsappweb({ dataDir: join(directory, "web"), standIn: whatsapp.launch });
  const manager = new InstanceManager({ providers: [provider], dataDir: directory });
  const phone = whatsapp.phone("5511900000001");
  manager.on("pairing.qr", ({ data }) => phone.scan(data.qr));
  const { id } = await manager.create({ provider: "whatsappweb" });
  await manager.start(id, { until: "connected", timeoutMs: 60_000 });
  await manager.stop(id);
  const startedAt = performance.now();
  await manager.start(id, { until: "connected", timeoutMs: 60_000 });
  const startMs = performance.now() - startedAt;
  // Bridge: `native` is the client of the library.
  const client = (await manager.native(id)) as WhatsappWeb.Client;
  const memoryMiB = await memoryOf(client.pupBrowser?.process()?.pid);
  await manager.close();
  await rm(directory, { recursive: true });
  return { startMs, memoryMiB };
}

/** Of a browser, which leads its group, when it has come to rest. */
async function memoryOf(leader = 0): Promise<number> {
  let before = Number.NaN;
  let now = Number.NaN;
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    before = now;
    now = await proportionalShare(leader);
    return Math.abs(now - before) < now / 100;
  });
  return now;
}

async function proportionalShare(leader: number): Promise<number> {
  const pids = execFileSync("ps", ["-eo", "pid=,pgid="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, group]) => (group === leader && pid !== undefined ? [pid] : []));
  let kib = 0;
  for (const pid of pids) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    kib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kib / 1024;
}
