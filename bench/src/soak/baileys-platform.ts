import { sampleFiles } from "@orquesta/core/testing";
import { FakeWhatsApp } from "@orquesta/providers/testing";
import type { EngineProcess } from "./engine-process.ts";
import { PEOPLE, type SoakAccount, type SoakPlatform } from "./soak-platform.ts";
import type { Tally } from "./tally.ts";

const FIRST_NUMBER = 551_180_000_000;
const HISTORY = 100;

class BaileysAccount implements SoakAccount {
  readonly provider = "baileys";
  readonly instanceId: string;
  readonly number: string;
  readonly #whatsapp: FakeWhatsApp;

  constructor(whatsapp: FakeWhatsApp, number: string, instanceId: string) {
    this.#whatsapp = whatsapp;
    this.number = number;
    this.instanceId = instanceId;
  }

  get pending(): number {
    return this.#whatsapp.pending(this.number).length;
  }

  async write(text: string, kind: "text" | "image", round: number): Promise<void> {
    const peer = this.#whatsapp.peer(`5511990000${round % PEOPLE}`);
    if (kind === "text") await peer.send(this.number, text);
    else await peer.sendMedia(this.number, "image", sampleFiles.JPEG, { caption: text });
  }
}

/** The fake WhatsApp with the accounts that Baileys runs. */
export class BaileysPlatform implements SoakPlatform {
  readonly accounts: BaileysAccount[] = [];
  readonly whatsapp: FakeWhatsApp;
  #shown: string[] = [];

  private constructor(whatsapp: FakeWhatsApp) {
    this.whatsapp = whatsapp;
    // WhatsApp shows a repeat under the same id once.
    whatsapp.events.on("message", ({ text, duplicates }) => {
      if (duplicates === 0) this.#shown.push(text);
    });
  }

  static async listen(): Promise<BaileysPlatform> {
    return new BaileysPlatform(await FakeWhatsApp.listen({ historyLimit: HISTORY }));
  }

  async fill(engine: EngineProcess, instances: number): Promise<void> {
    for (let index = this.accounts.length; index < instances; index += 1) {
      const number = String(FIRST_NUMBER + index);
      const name = `baileys ${index}`;
      const { id } = await engine.ask("add", { provider: "baileys", name, settings: {} });
      const { value } = await engine.ask("challenge", { id });
      await this.whatsapp.phone(number).scan(value);
      await engine.ask("connected", { id });
      this.accounts.push(new BaileysAccount(this.whatsapp, number, id));
    }
  }

  collect(tally: Tally): void {
    for (const text of this.#shown) tally.count("shown", text);
    this.#shown = [];
  }

  /** @returns whether there was a connection to break */
  drop(index: number): boolean {
    const account = this.accounts[index % this.accounts.length];
    if (!account || !this.whatsapp.isConnected(account.number)) return false;
    this.whatsapp.drop(account.number);
    return true;
  }

  close(): Promise<void> {
    return this.whatsapp.close();
  }
}
