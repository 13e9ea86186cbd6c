import type { ChatMarks, GroupOnWire } from "../protocol.ts";
import { Collection, Model } from "./model.ts";
import { createWid, type MsgKey, type Wid } from "./wid.ts";

/** A message in the page. Its kind's own attributes are its own properties. */
export class Msg extends Model {
  declare readonly id: MsgKey;
  declare readonly from: Wid;
  declare readonly to: Wid;
  declare readonly t: number;
  declare readonly type: string;
  declare readonly ack: number;
  declare readonly body?: string;
  declare readonly caption?: string;
  declare readonly author?: Wid;
  declare readonly directPath?: string;
  declare readonly isNewMsg?: boolean;
  declare readonly pollOptions?: readonly { readonly name: string; readonly localId: number }[];

  get isNotification(): boolean {
    return this.type === "gp2";
  }

  unsafe(): this {
    return this;
  }

  canReply(): boolean {
    return this.type !== "revoked" && this.type !== "gp2";
  }

  /** What a message has that quotes this one. */
  msgContextInfo(): object {
    return {
      quotedStanzaID: this.id.id,
      quotedParticipant: this.author ?? this.from,
      quotedMsg: { type: this.type, body: this.body, caption: this.caption },
    };
  }

  /** Nothing to wait for: `mediaStage` is RESOLVED from the start. */
  async downloadMedia(): Promise<void> {}
}

class Mute extends Model {
  declare readonly expiration: number;
  readonly #mark: (expiration: number) => Promise<void>;

  constructor(mark: (expiration: number) => Promise<void>) {
    super({ expiration: 0 });
    this.#mark = mark;
  }

  async mute({ expiration }: { expiration: number }): Promise<void> {
    await this.#mark(expiration);
    this.set({ expiration });
  }

  async unmute(): Promise<void> {
    await this.mute({ expiration: 0 });
  }
}

export class Participant extends Model {
  declare readonly id: Wid;
  declare readonly isAdmin: boolean;
  declare readonly isSuperAdmin: boolean;
}

class Participants extends Collection<Participant> {
  serialize(): object[] {
    return this.getModelsArray().map((participant) => participant.serialize());
  }
}

export class GroupMetadata extends Model {
  declare readonly id: Wid;
  declare readonly subject: string;
  declare readonly descId: string;
  declare readonly announce: boolean;
  declare readonly restrict: boolean;
  #participants = new Participants();

  constructor(group: GroupOnWire) {
    super({});
    this.take(group);
  }

  get participants(): Participants {
    return this.#participants;
  }

  take({ participants, ...rest }: GroupOnWire): void {
    this.#participants = new Participants();
    for (const one of participants) {
      this.#participants.add(new Participant({ ...one, id: createWid(one.id) }));
    }
    this.set({ ...rest, id: createWid(rest.id), owner: createWid(rest.owner) });
  }

  override serialize(): Record<string, unknown> {
    return { ...super.serialize(), participants: this.#participants.serialize() };
  }
}

/** What a chat is made with. */
export interface ChatParts {
  readonly messages: () => Msg[];
  readonly isOwn: (address: Wid) => boolean;
  /** Tells the account's other devices. */
  readonly mark: (marks: Partial<ChatMarks>) => Promise<void>;
}

export class Chat extends Model {
  declare readonly id: Wid;
  declare readonly name: string;
  declare readonly t: number;
  declare readonly unreadCount: number;
  declare readonly archive: boolean;
  declare readonly pin: boolean;
  readonly #mute: Mute;
  readonly #parts: ChatParts;
  #metadata: GroupMetadata | undefined;

  constructor(attributes: object, parts: ChatParts) {
    super({ t: 0, unreadCount: 0, archive: false, pin: false, ...attributes });
    this.#parts = parts;
    this.#mute = new Mute((mutedUntil) => parts.mark({ mutedUntil }));
  }

  get mute(): Mute {
    return this.#mute;
  }

  get formattedTitle(): string {
    return this.name;
  }

  get groupMetadata(): GroupMetadata | undefined {
    return this.#metadata;
  }

  get msgs(): { getModelsArray(): Msg[] } {
    return { getModelsArray: this.#parts.messages };
  }

  get lastReceivedKey(): MsgKey | undefined {
    return this.msgs.getModelsArray().at(-1)?.id;
  }

  iAmAdmin(): boolean {
    const participants = this.#metadata?.participants.getModelsArray() ?? [];
    return participants.some(({ id, isAdmin }) => isAdmin && this.#parts.isOwn(id));
  }

  async mark(marks: Partial<ChatMarks>): Promise<void> {
    await this.#parts.mark(marks);
  }

  takeMetadata(group: GroupOnWire): void {
    if (this.#metadata) this.#metadata.take(group);
    else this.#metadata = new GroupMetadata(group);
    this.set({ name: group.subject });
  }

  override serialize(): Record<string, unknown> {
    return {
      ...super.serialize(),
      muteExpiration: this.#mute.expiration,
      msgs: this.msgs.getModelsArray().map(({ id }) => id),
    };
  }
}

export class Contact extends Model {
  declare readonly id: Wid;
  declare readonly phoneNumber?: Wid;
  declare readonly pushname?: string;
  declare readonly name?: string;
  declare readonly isContactBlocked: boolean;

  get formattedName(): string {
    return this.name ?? this.pushname ?? this.id.user;
  }
}
