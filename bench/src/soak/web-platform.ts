import { sampleFiles } from "@orquesta/core/testing";
import { FakeWhatsAppWeb, type WebPage, type WebPhone } from "@orquesta/providers/testing";
import type { EngineProcess } from "./engine-process.ts";
import { PEOPLE, type SoakAccount, type SoakPlatform } from "./soak-platform.ts";
import type { Tally } from "./tally.ts";

const FIRST_NUMBER = 551_190_000_000;
const FIRST_PERSON = 551_191_000_000;

class WebAccount implements SoakAccount {
  readonly provider = "whatsappweb";
  readonly instanceId: string;
  readonly phone: WebPhone;
  readonly #people: readonly WebPhone[];

  constructor(phone: WebPhone, people: readonly WebPhone[], instanceId: string) {
    this.phone = phone;
    this.#people = people;
    this.instanceId = instanceId;
  }

  get pending(): number {
    return this.phone.pages.reduce((sum, { pending }) => sum + pending, 0);
  }

  async write(text: string, kind: "text" | "image", round: number): Promise<void> {
    const person = this.#people[round % this.#people.length];
    const image = { type: "image", bytes: sampleFiles.JPEG, mimeType: "image/jpeg" } as const;
    if (kind === "text") person?.send(this.phone.number, text);
    else person?.sendMedia(this.phone.number, { ...image, caption: text });
  }
}

/** The stand-in for WhatsApp Web with the accounts that browsers run. */
export class WebPlatform implements SoakPlatform {
  readonly accounts: WebAccount[] = [];
  readonly whatsapp: FakeWhatsAppWeb;
  readonly #people: readonly WebPhone[];
  /** How much of what each of them was shown is counted. */
  readonly #counted = new Map<WebPhone, number>();

  private constructor(whatsapp: FakeWhatsAppWeb) {
    this.whatsapp = whatsapp;
    this.#people = Array.from({ length: PEOPLE }, (_, n) => whatsapp.phone(`${FIRST_PERSON + n}`));
  }

  static async start(): Promise<WebPlatform> {
    return new WebPlatform(await FakeWhatsAppWeb.start());
  }

  async fill(engine: EngineProcess, instances: number): Promise<void> {
    for (let index = this.accounts.length; index < instances; index += 1) {
      const phone = this.whatsapp.phone(String(FIRST_NUMBER + index));
      const name = `whatsappweb ${index}`;
      const { id } = await engine.ask("add", { provider: "whatsappweb", name, settings: {} });
      const { value } = await engine.ask("challenge", { id });
      phone.scan(value);
      await engine.ask("connected", { id });
      this.accounts.push(new WebAccount(phone, this.#people, id));
    }
  }

  collect(tally: Tally): void {
    for (const person of this.#people) {
      const { happened } = person;
      for (const one of happened.slice(this.#counted.get(person) ?? 0)) {
        if (one.kind !== "message") continue;
        const { body, caption } = one.message.attributes;
        const text = String(caption ?? body ?? "");
        if (text.startsWith("answer")) tally.count("shown", text);
      }
      this.#counted.set(person, happened.length);
    }
  }

  /** @returns whether there was a page to trouble */
  trouble(index: number, how: (page: WebPage) => void): boolean {
    const page = this.accounts[index % this.accounts.length]?.phone.pages[0];
    if (!page?.isConnected) return false;
    how(page);
    return true;
  }

  close(): Promise<void> {
    return this.whatsapp.close();
  }
}
