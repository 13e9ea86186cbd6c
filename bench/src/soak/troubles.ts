import { setTimeout as sleep } from "node:timers/promises";
import type { FakeTelegramFault } from "@orquesta/providers/testing";
import type { BaileysPlatform } from "./baileys-platform.ts";
import type { Browsers } from "./browsers.ts";
import type { EngineProcess } from "./engine-process.ts";
import type { TelegramPlatform } from "./telegram-platform.ts";
import type { WebPlatform } from "./web-platform.ts";

export interface TroubledParts {
  readonly engine: EngineProcess;
  readonly baileys: BaileysPlatform;
  readonly web: WebPlatform;
  readonly telegram: TelegramPlatform;
  readonly browsers: Browsers;
}

interface Trouble {
  readonly name: string;
  readonly everySeconds: number;
  /** @returns false when there was nothing to trouble */
  make(round: number): Promise<boolean> | boolean;
}

interface PlannedFault {
  readonly fault: FakeTelegramFault;
  readonly method: string;
  readonly times?: number;
}

const FAULTS: readonly PlannedFault[] = [
  { fault: { kind: "error", code: 500 }, method: "getUpdates" },
  { fault: { kind: "error", code: 409 }, method: "getUpdates" },
  { fault: { kind: "error", code: 500 }, method: "sendMessage" },
  { fault: { kind: "error", code: 429, retryAfter: 1 }, method: "sendMessage" },
  { fault: { kind: "reset" }, method: "getUpdates" },
  // So often that the session is given up, as when another program asks for the bot's updates.
  { fault: { kind: "error", code: 409 }, method: "getUpdates", times: 3 },
];

/** What goes wrong all the time, each at its own pace. */
export class Troubles {
  readonly #counts = new Map<string, number>();
  readonly #failures: string[] = [];
  readonly #ended = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(parts: TroubledParts) {
    this.#running = Promise.all(troublesOf(parts).map((trouble) => this.#repeat(trouble)));
  }

  /** How often each was made. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** What the engine refused to do. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }

  async #repeat({ name, everySeconds, make }: Trouble): Promise<void> {
    const { signal } = this.#ended;
    // The first one early enough for a short run.
    let waitMs = everySeconds * 500;
    for (let round = 0; !signal.aborted; round += 1) {
      await sleep(waitMs, undefined, { signal }).catch(() => {});
      waitMs = everySeconds * 1000;
      if (signal.aborted) return;
      try {
        if (await make(round)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
      } catch (error) {
        if (this.#failures.length < 20) this.#failures.push(`${name}: ${String(error)}`);
      }
    }
  }
}

function troublesOf({ engine, baileys, web, telegram, browsers }: TroubledParts): Trouble[] {
  const restart = (platform: BaileysPlatform | WebPlatform | TelegramPlatform, name: string) => ({
    name: `${name} instance restarted`,
    everySeconds: 60,
    make: async (round: number) => {
      const { accounts } = platform;
      const account = accounts[round % accounts.length];
      if (account) await engine.ask("restart", { id: account.instanceId });
      return account !== undefined;
    },
  });
  return [
    { name: "WhatsApp line reset", everySeconds: 10, make: (round) => baileys.drop(round) },
    { name: "Telegram poll cut", everySeconds: 10, make: (round) => telegram.drop(round) },
    {
      name: "Telegram refused or broke off",
      everySeconds: 20,
      make: (round) => {
        const planned = FAULTS[round % FAULTS.length];
        if (!planned || telegram.accounts.length === 0) return false;
        telegram.fail(round, planned.fault, planned.method, planned.times);
        return true;
      },
    },
    restart(baileys, "baileys"),
    restart(web, "whatsappweb"),
    restart(telegram, "telegram"),
    { name: "Chromium killed", everySeconds: 150, make: (round) => browsers.kill(round) },
    {
      name: "renderer crashed",
      everySeconds: 210,
      make: (round) => web.trouble(round + 1, (page) => page.crash()),
    },
    {
      name: "page navigated",
      everySeconds: 90,
      make: (round) => web.trouble(round + 2, (page) => page.renavigate()),
    },
  ];
}
