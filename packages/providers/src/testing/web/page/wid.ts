import { PageError } from "./page-error.ts";

/** An address: of a person, by phone number or LID, of a group, of stories. */
export class Wid {
  readonly server: string;
  readonly user: string;
  readonly _serialized: string;

  constructor(user: string, server: string) {
    this.user = user;
    this.server = server;
    this._serialized = `${user}@${server}`;
  }

  isLid(): boolean {
    return this.server === "lid";
  }

  isUser(): boolean {
    return this.server === "c.us" || this.server === "lid";
  }

  isGroup(): boolean {
    return this.server === "g.us";
  }

  isStatus(): boolean {
    return this._serialized === "status@broadcast";
  }

  toString(): string {
    return this._serialized;
  }

  toJid(): string {
    return this._serialized.replace("@c.us", "@s.whatsapp.net");
  }
}

const ADDRESS = /^([\d-]+|status)@(c\.us|s\.whatsapp\.net|lid|g\.us|broadcast)$/;

/** @throws as the page does, when it is no address */
export function createWid(input: unknown): Wid {
  if (input instanceof Wid) return input;
  const text =
    typeof input === "object" && input !== null
      ? String(Reflect.get(input, "_serialized"))
      : String(input);
  const [, user, server] = ADDRESS.exec(text) ?? [];
  if (user === undefined || server === undefined) throw new PageError(`wid error: invalid wid`);
  return new Wid(user, server === "s.whatsapp.net" ? "c.us" : server);
}

interface KeyParts {
  readonly from?: Wid;
  readonly to?: Wid;
  readonly remote?: Wid;
  readonly fromMe?: boolean;
  readonly id: string;
  readonly participant?: Wid | undefined;
  readonly selfDir?: string;
}

/** What a message is known by. */
export class MsgKey {
  readonly fromMe: boolean;
  readonly remote: Wid;
  readonly id: string;
  readonly participant?: Wid;
  readonly _serialized: string;

  constructor({ to, remote = to, fromMe = true, id, participant }: KeyParts) {
    if (!remote) throw new PageError("MsgKey error: no chat");
    this.fromMe = fromMe;
    this.remote = remote;
    this.id = id;
    if (participant) this.participant = participant;
    const author = participant ? `_${participant}` : "";
    this._serialized = `${fromMe}_${remote}_${id}${author}`;
  }

  static newId(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(9));
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `3EB0${digits.toUpperCase()}`;
  }

  static fromString(text: string): MsgKey {
    const [fromMe, remote, id = "", participant] = text.split("_");
    return new MsgKey({
      fromMe: fromMe === "true",
      remote: createWid(remote),
      id,
      participant: participant === undefined ? undefined : createWid(participant),
    });
  }

  toString(): string {
    return this._serialized;
  }
}
