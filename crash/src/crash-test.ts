import { FakeWhatsApp } from "@orquesta/providers/testing";
import { BackupCheck } from "./backup-check.ts";
import { EngineChild } from "./engine-child.ts";
import { JournalCheck } from "./journal-check.ts";
import { countJournaled, peerOf } from "./journal-count.ts";
import { killFromOutside } from "./kill-from-outside.ts";
import { Ledger } from "./ledger.ts";
import { SignedWebhook } from "./signed-webhook.ts";
import { Sink } from "./sink.ts";
import { STAGES, type Stage } from "./stages.ts";
import { pause, TICK_MS, until, untilOr } from "./waiting.ts";

export interface CrashTestOptions {
  readonly dataDir: string;
  readonly provider: "baileys" | "plain";
  readonly messages: number;
  readonly accounts: number;
  /** Messages a second, over all accounts. */
  readonly rate: number;
  print(line: string): void;
}

/** Every tenth message asks for an answer. */
const ASK_EVERY = 10;
/** A new contact now and then: its first message opens a session. */
const NEW_PEER_EVERY = 400;
const FIRST_PEERS = 12;
/** Beyond this the engine catches up before more is pushed. */
const MAX_BACKLOG = 1500;
const SETTLE_MS = 120_000;
/** Deliveries that were done so long before the end must be forgotten by then. */
const FORGOTTEN_AFTER_MS = 60_000;

/** Traffic and upkeep, a backup, kills at random and at each stage; then the count. */
export class CrashTest {
  readonly #options: CrashTestOptions;
  readonly #ledger = new Ledger();
  readonly #signed = new SignedWebhook();
  readonly #upkeepFaults: string[] = [];
  readonly #accounts: readonly string[];
  readonly #kills = new Map<Stage, number>();
  #peers = FIRST_PEERS;

  constructor(options: CrashTestOptions) {
    this.#options = options;
    this.#accounts = Array.from(
      { length: options.accounts },
      (_, index) => `55119${String(10_000_000 + index)}`,
    );
  }

  /** @returns what is wrong; empty when nothing is */
  async run(): Promise<readonly string[]> {
    const { dataDir, provider, print } = this.#options;
    const whatsapp = await FakeWhatsApp.listen();
    const sink = await Sink.listen(({ account, signed, event }) => {
      if (signed) {
        this.#signed.arrive(account, event.name, signed);
        return;
      }
      if (event.name !== "message.received" || !event.data.message) return;
      this.#ledger.arrive(account, peerOf(event.chatId ?? ""), event.data.message.id, event.id);
    });
    const start = (kill: { stage: Stage; after: number } | null) =>
      new EngineChild({
        whatsapp,
        sinkUrl: sink.url,
        dataDir,
        accounts: this.#accounts,
        provider,
        kill,
        onSecret: (secret) => this.#signed.secretRuns(secret),
        onFault: (fault) => this.#upkeepFaults.push(fault),
      });
    const backup = new BackupCheck(dataDir);
    const began = Date.now();
    await this.#pair(start(null));
    const traffic = this.#push(whatsapp);
    const backedUp = this.#backUp(backup);
    await this.#killUntil(traffic, start, whatsapp, sink);
    const last = start(null);
    await this.#settle(whatsapp);
    await backedUp;
    const faults = await this.#judgeSigned(last);
    await last.close();
    const journal = new JournalCheck(dataDir);
    faults.push(
      ...this.#ledger.judge(countJournaled(dataDir)),
      ...this.#judgeAnswers(whatsapp),
      ...this.#upkeepFaults,
      ...journal.faults(),
      ...(await backup.judge(journal.events())),
    );
    journal.close();
    print(this.#summary(whatsapp, Date.now() - began));
    await sink.close();
    await whatsapp.close();
    return faults;
  }

  async #pair(child: EngineChild): Promise<void> {
    await until(() => child.connected >= this.#accounts.length, 60_000, "pairing");
    // The first minute of an account is special (history): a restart ends it.
    await child.kill();
  }

  async #push(whatsapp: FakeWhatsApp): Promise<void> {
    const { messages, rate } = this.#options;
    const began = performance.now();
    while (this.#ledger.pushes < messages) {
      const due = Math.min(((performance.now() - began) / 1000) * rate, messages);
      while (this.#ledger.pushes < due) {
        const number = this.#ledger.pushes;
        if (number % NEW_PEER_EVERY === NEW_PEER_EVERY - 1) this.#peers += 1;
        const account = this.#accounts[number % this.#accounts.length] ?? "";
        const peer = `55219${String(10_000_000 + Math.floor(Math.random() * this.#peers))}`;
        const asks = number % ASK_EVERY === 0;
        const text = asks ? `ask ${number}` : `message ${number}`;
        const { id } = await whatsapp.peer(peer, { name: `Peer ${peer}` }).send(account, text);
        this.#ledger.push(account, peer, id);
        if (asks) this.#ledger.expectAnswer(`answer ${number}`, peer);
      }
      await pause(TICK_MS);
      while (this.#backlog(whatsapp) > MAX_BACKLOG) await pause(TICK_MS);
    }
  }

  async #killUntil(
    traffic: Promise<void>,
    start: (kill: { stage: Stage; after: number } | null) => EngineChild,
    whatsapp: FakeWhatsApp,
    sink: Sink,
  ): Promise<void> {
    let isOver = false;
    void traffic.finally(() => {
      isOver = true;
    });
    for (let round = 0; !isOver; round += 1) {
      const stage = STAGES[round % STAGES.length] ?? "random";
      const after = 1 + Math.floor(Math.random() * 150);
      const child = start({ stage, after });
      const stop = killFromOutside(child, stage, after, whatsapp, sink);
      // A stage that is not reached in time is a kill at a random moment.
      await untilOr(() => child.isGone, 6000);
      stop();
      await child.kill();
      this.#kills.set(stage, (this.#kills.get(stage) ?? 0) + 1);
    }
    await traffic;
  }

  /** Until everything has arrived, or nothing moves any more. */
  async #settle(whatsapp: FakeWhatsApp): Promise<void> {
    let seen = "";
    let still = 0;
    await untilOr(() => {
      const answers = this.#answersGot(whatsapp);
      const done =
        this.#backlog(whatsapp) === 0 &&
        this.#ledger.arrivals >= this.#ledger.pushes &&
        answers >= this.#ledger.answersDue.size;
      const now = `${this.#backlog(whatsapp)}/${this.#ledger.arrivals}/${answers}`;
      still = now === seen ? still + 1 : 0;
      seen = now;
      return done || still > 15_000 / TICK_MS;
    }, SETTLE_MS);
    // What comes twice comes now.
    await pause(1500);
  }

  /** At a moment of the traffic, whether an engine runs or was just killed. */
  async #backUp(backup: BackupCheck): Promise<void> {
    const moment = this.#options.messages * (0.2 + 0.6 * Math.random());
    while (this.#ledger.pushes < moment) await pause(TICK_MS);
    await backup.take(this.#ledger.eventIds());
  }

  /** The dead are made again, and then everything is told once more, because the webhook was off now and then. */
  async #judgeSigned(last: EngineChild): Promise<string[]> {
    const journal = new JournalCheck(this.#options.dataDir);
    const faults: string[] = [];
    last.order("finish");
    const finished = () => last.did("finish") && journal.pending() === 0;
    if (!(await untilOr(finished, SETTLE_MS))) faults.push(`${journal.pending()} tasks do not end`);
    const lost = journal.redelivered().filter((id) => !this.#signed.has(id)).length;
    if (lost > 0) faults.push(`${lost} dead deliveries were made again and never arrived`);
    if (journal.dead() > 0) faults.push(`${journal.dead()} deliveries stay dead`);
    const kept = journal.doneBefore(Date.now() - FORGOTTEN_AFTER_MS);
    if (kept > 0) faults.push(`${kept} finished tasks were not erased`);
    this.#signed.drained();
    last.order("replay");
    const all = [...this.#ledger.eventIds()];
    const told = () => last.did("replay") && all.every((id) => this.#signed.has(id));
    if (!(await untilOr(told, SETTLE_MS))) {
      const missing = all.filter((id) => !this.#signed.has(id)).length;
      faults.push(`${missing} messages were told again and never arrived at the signed webhook`);
    }
    journal.close();
    return [...faults, ...this.#signed.judge()];
  }

  #backlog(whatsapp: FakeWhatsApp): number {
    return this.#accounts.reduce((sum, account) => sum + whatsapp.pending(account).length, 0);
  }

  #peerNumbers(): string[] {
    return Array.from({ length: this.#peers }, (_, index) => `55219${String(10_000_000 + index)}`);
  }

  #answersGot(whatsapp: FakeWhatsApp): number {
    return this.#peerNumbers().reduce((sum, peer) => sum + whatsapp.peer(peer).received.length, 0);
  }

  #judgeAnswers(whatsapp: FakeWhatsApp): string[] {
    const faults: string[] = [];
    const shown = new Map<string, number>();
    for (const peer of this.#peerNumbers()) {
      const { received, decryptionFailures } = whatsapp.peer(peer);
      for (const { text } of received)
        shown.set(`${peer}/${text}`, (shown.get(`${peer}/${text}`) ?? 0) + 1);
      if (decryptionFailures.length > 0) {
        faults.push(`peer ${peer} could not decrypt ${decryptionFailures.length} messages`);
      }
    }
    let missing = 0;
    let doubled = 0;
    for (const [text, peer] of this.#ledger.answersDue) {
      const times = shown.get(`${peer}/${text}`) ?? 0;
      if (times === 0) missing += 1;
      if (times > 1) doubled += 1;
    }
    if (missing > 0) faults.push(`${missing} answers never reached their peer`);
    if (doubled > 0) faults.push(`${doubled} answers were shown twice`);
    for (const account of this.#accounts) {
      const retries = whatsapp.retries(account).length;
      const nacks = whatsapp.nacks(account).length;
      const own = whatsapp.phone(account).decryptionFailures.length;
      if (retries + nacks + own > 0) {
        faults.push(
          `account ${account}: ${retries} retry receipts, ${nacks} refusals, ${own} own copies not decrypted`,
        );
      }
    }
    return faults;
  }

  #summary(whatsapp: FakeWhatsApp, ms: number): string {
    const kills = [...this.#kills].map(([stage, count]) => `${stage} ${count}`).join(", ");
    const all = [...this.#kills.values()].reduce((sum, count) => sum + count, 0);
    const { pushes, arrivals, repeats, answersDue } = this.#ledger;
    const receipts = this.#accounts.reduce((sum, one) => sum + whatsapp.receipts(one).length, 0);
    return [
      `${this.#accounts.length} accounts, ${pushes} messages in ${Math.round(ms / 1000)} s, ${all} kills (${kills})`,
      `receipts ${receipts}, at the webhook ${arrivals} (${repeats} repeats), answers due ${answersDue.size}, shown ${this.#answersGot(whatsapp)}`,
      `at the signed webhook ${this.#signed.arrivals} under ${this.#signed.rotations} new secrets`,
    ].join("\n");
  }
}
