import { randomBytes } from "node:crypto";

/** What admins decide for a group. */
export interface GroupRules {
  announceOnly: boolean;
  locked: boolean;
  joinApproval: boolean;
  ephemeralSeconds: number;
}

/** A group chat. Members are phone numbers. */
export class Group {
  readonly jid: string;
  readonly creator: string;
  readonly createdAt: number;
  readonly rules: GroupRules = {
    announceOnly: false,
    locked: false,
    joinApproval: false,
    ephemeralSeconds: 0,
  };
  subject: string;
  description: { readonly id: string; readonly text: string } | null = null;
  picture: Uint8Array | null = null;
  inviteCode = newInviteCode();
  /** Codes that were revoked: those who come with one are told so. */
  readonly deadCodes = new Set<string>();
  /** Who waits for an admin's approval. */
  readonly waiting = new Set<string>();
  readonly #members: Set<string>;
  readonly #admins: Set<string>;

  constructor(jid: string, subject: string, members: readonly [string, ...string[]]) {
    this.jid = jid;
    this.subject = subject;
    this.creator = members[0];
    this.createdAt = Math.floor(Date.now() / 1_000);
    this.#members = new Set(members);
    this.#admins = new Set([this.creator]);
  }

  get members(): readonly string[] {
    return [...this.#members];
  }

  has(number: string): boolean {
    return this.#members.has(number);
  }

  isAdmin(number: string): boolean {
    return this.#admins.has(number);
  }

  add(number: string): void {
    this.#members.add(number);
    this.waiting.delete(number);
  }

  remove(number: string): void {
    this.#members.delete(number);
    this.#admins.delete(number);
  }

  promote(number: string, isAdmin: boolean): void {
    if (isAdmin) this.#admins.add(number);
    else this.#admins.delete(number);
  }

  renewInvite(): string {
    this.deadCodes.add(this.inviteCode);
    this.inviteCode = newInviteCode();
    return this.inviteCode;
  }
}

function newInviteCode(): string {
  return randomBytes(16).toString("base64url").slice(0, 22);
}
