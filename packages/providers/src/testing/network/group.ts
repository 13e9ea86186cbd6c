/** A group chat. Members are phone numbers. */
export class Group {
  readonly jid: string;
  readonly subject: string;
  readonly creator: string;
  readonly createdAt: number;
  readonly #members: Set<string>;

  constructor(jid: string, subject: string, members: readonly [string, ...string[]]) {
    this.jid = jid;
    this.subject = subject;
    this.creator = members[0];
    this.createdAt = Math.floor(Date.now() / 1_000);
    this.#members = new Set(members);
  }

  get members(): readonly string[] {
    return [...this.#members];
  }

  has(number: string): boolean {
    return this.#members.has(number);
  }
}
