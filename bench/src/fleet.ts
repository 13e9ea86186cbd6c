import type { FakeWhatsApp } from "@orquesta/providers/testing";
import { until } from "./measured-process.ts";
import { Orquesta } from "./orquesta.ts";
import type { Sink } from "./sink.ts";

const FIRST_NUMBER = 551_180_000_000;

/** Many accounts of one server, paired, each with a webhook. */
export class Fleet {
  readonly numbers: readonly string[];
  readonly #whatsapp: FakeWhatsApp;
  readonly #sinkUrl: string;
  #orquesta: Orquesta;

  private constructor(
    whatsapp: FakeWhatsApp,
    sinkUrl: string,
    orquesta: Orquesta,
    numbers: readonly string[],
  ) {
    this.#whatsapp = whatsapp;
    this.#sinkUrl = sinkUrl;
    this.#orquesta = orquesta;
    this.numbers = numbers;
  }

  static async pair(whatsapp: FakeWhatsApp, sink: Sink, accounts: number): Promise<Fleet> {
    const numbers = Array.from({ length: accounts }, (_, index) => String(FIRST_NUMBER + index));
    const fleet = new Fleet(whatsapp, sink.url, await Orquesta.start(whatsapp), numbers);
    for (const number of numbers) await fleet.orquesta.pair(number, fleet.#sinkUrl);
    return fleet;
  }

  get orquesta(): Orquesta {
    return this.#orquesta;
  }

  /** Kills the server and starts it again. @returns ms until every account is logged in again */
  async restart(): Promise<number> {
    const { dataDir } = this.#orquesta;
    await this.#orquesta.kill();
    await until(() => this.numbers.every((number) => !this.#whatsapp.isConnected(number)));
    const start = performance.now();
    const starting = Orquesta.start(this.#whatsapp, { dataDir });
    const ms = await this.#untilLoggedIn(this.numbers, start);
    const before = this.#orquesta;
    this.#orquesta = await starting;
    this.#orquesta.takeOver(before);
    return ms;
  }

  /** Resets the connections of the first accounts at once. @returns ms until the first and the last one are back */
  async cut(accounts: number): Promise<{ readonly firstMs: number; readonly lastMs: number }> {
    const cut = this.numbers.slice(0, accounts);
    for (const number of cut) this.#whatsapp.drop(number);
    await until(() => cut.every((number) => !this.#whatsapp.isConnected(number)));
    const start = performance.now();
    await until(() => cut.some((number) => this.#whatsapp.isConnected(number)));
    const firstMs = performance.now() - start;
    return { firstMs, lastMs: await this.#untilLoggedIn(cut, start) };
  }

  close(): Promise<void> {
    return this.#orquesta.close();
  }

  async #untilLoggedIn(numbers: readonly string[], start: number): Promise<number> {
    await until(() => numbers.every((number) => this.#whatsapp.isConnected(number)));
    return performance.now() - start;
  }
}
