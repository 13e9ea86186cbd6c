import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";
import { formatJid, lidOf, normalizeNumber, parseJid } from "../wire/jid.ts";
import { Group } from "./group.ts";
import { User } from "./user.ts";

export interface ResolvedDevice {
  readonly user: User;
  readonly device: number;
}

/** Who exists, under which number, LID or group JID. */
export class Directory {
  readonly #historyLimit: number;
  readonly #users = new Map<string, User>();
  readonly #numbersByLid = new Map<string, string>();
  readonly #groups = new Map<string, Group>();

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  get users(): Iterable<User> {
    return this.#users.values();
  }

  get groups(): Iterable<Group> {
    return this.#groups.values();
  }

  /** The user with this number, created when there is none. */
  ensureUser(input: string, name?: string): User {
    const number = normalizeNumber(input);
    let user = this.#users.get(number);
    if (!user) {
      user = new User(number, name ?? number, this.#historyLimit);
      this.#users.set(number, user);
      this.lidOf(number);
    }
    if (name !== undefined) user.name = name;
    return user;
  }

  find(input: string): User | undefined {
    return this.#users.get(normalizeNumber(input));
  }

  require(input: string): User {
    const user = this.find(input);
    if (user) return user;
    throw new FakeWhatsAppError("UNKNOWN_ACCOUNT", `nobody here has the number ${input}`);
  }

  /** The user and device that a JID means; null for strangers and for anything but users. */
  resolve(jid: string): ResolvedDevice | null {
    const parsed = parseJid(jid);
    const number = this.numberOf(jid);
    const user = number === null ? undefined : this.#users.get(number);
    return user && parsed ? { user, device: parsed.device } : null;
  }

  /** The phone number behind a PN or LID, known user or not. */
  numberOf(jid: string): string | null {
    const parsed = parseJid(jid);
    if (parsed?.server === "s.whatsapp.net" || parsed?.server === "c.us") return parsed.user;
    if (parsed?.server === "lid") return this.#numbersByLid.get(parsed.user) ?? null;
    return null;
  }

  /** One name for a chat, whether it is addressed by PN or by LID. */
  chatOf(jid: string): string {
    return this.numberOf(jid) ?? jid;
  }

  lidOf(number: string): string {
    const lid = lidOf(number);
    this.#numbersByLid.set(lid, number);
    return formatJid(lid, "lid");
  }

  createGroup(subject: string, members: readonly [string, ...string[]], jid?: string): Group {
    const id =
      jid ?? formatJid(`1203634${String(this.#groups.size + 1).padStart(11, "0")}`, "g.us");
    const [creator, ...others] = members;
    const group = new Group(id, subject, [
      this.ensureUser(creator).number,
      ...others.map((member) => this.ensureUser(member).number),
    ]);
    this.#groups.set(id, group);
    return group;
  }

  group(jid: string): Group | undefined {
    return this.#groups.get(jid);
  }
}
