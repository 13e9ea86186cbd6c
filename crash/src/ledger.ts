/** What was pushed, what arrived, and whether that is all of it, once, in order. */
export class Ledger {
  /** Ids of pushed messages in the order of pushing, by account and peer. */
  readonly #pushed = new Map<string, string[]>();
  readonly #answersDue = new Map<string, string>();
  /** First arrival of each message at the sink: its event id. */
  readonly #arrived = new Map<string, string>();
  readonly #order = new Map<string, string[]>();
  readonly #faults: string[] = [];
  #pushes = 0;
  #repeats = 0;

  get pushes(): number {
    return this.#pushes;
  }

  get arrivals(): number {
    return this.#arrived.size;
  }

  /** Deliveries of an event that the sink had before. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Events that the webhook was told of. */
  eventIds(): ReadonlySet<string> {
    return new Set(this.#arrived.values());
  }

  /** Texts of the answers that peers must have got, with the peer. */
  get answersDue(): ReadonlyMap<string, string> {
    return this.#answersDue;
  }

  push(account: string, peer: string, id: string): void {
    const chat = `${account}/${peer}`;
    const ids = this.#pushed.get(chat);
    if (ids) ids.push(id);
    else this.#pushed.set(chat, [id]);
    this.#pushes += 1;
  }

  expectAnswer(text: string, peer: string): void {
    this.#answersDue.set(text, peer);
  }

  arrive(account: string, peer: string, id: string, eventId: string): void {
    const key = `${account}/${peer}/${id}`;
    const known = this.#arrived.get(key);
    if (known === undefined) {
      this.#arrived.set(key, eventId);
      const chat = `${account}/${peer}`;
      const ids = this.#order.get(chat);
      if (ids) ids.push(id);
      else this.#order.set(chat, [id]);
      return;
    }
    this.#repeats += 1;
    if (known !== eventId) this.#fault(`a repeat of ${key} has another event id`);
  }

  /** @param journaled how often each `<account>/<peer>/<id>` is in the journal */
  judge(journaled: ReadonlyMap<string, number>): readonly string[] {
    const faults = [...this.#faults];
    let lost = 0;
    let doubled = 0;
    let undelivered = 0;
    let disordered = 0;
    for (const [chat, ids] of this.#pushed) {
      for (const id of ids) {
        const times = journaled.get(`${chat}/${id}`) ?? 0;
        if (times === 0) lost += 1;
        if (times > 1) doubled += 1;
        if (!this.#arrived.has(`${chat}/${id}`)) undelivered += 1;
      }
      const arrived = this.#order.get(chat) ?? [];
      const expected = ids.filter((id) => this.#arrived.has(`${chat}/${id}`));
      if (arrived.some((id, index) => id !== expected[index])) disordered += 1;
    }
    if (lost > 0) faults.push(`${lost} messages are not in the journal`);
    if (doubled > 0) faults.push(`${doubled} messages are in the journal more than once`);
    if (undelivered > 0) faults.push(`${undelivered} messages never arrived at the webhook`);
    if (disordered > 0) faults.push(`${disordered} chats arrived out of order`);
    return faults;
  }

  #fault(text: string): void {
    if (this.#faults.length < 20) this.#faults.push(text);
  }
}
