import type { ChatMarks, GroupOnWire, MessageOnWire, PersonOnWire, Welcome } from "../protocol.ts";
import type { Line } from "./line.ts";
import { Collection, Events, Model } from "./model.ts";
import { Chat, Contact, Msg } from "./models.ts";
import { PageError, ServerStatusCodeError } from "./page-error.ts";
import type { Profile, StoredMessage } from "./profile.ts";
import { createWid, MsgKey, type Wid } from "./wid.ts";

class Socket extends Model {
  declare readonly state: string;
  declare readonly hasSynced: boolean;
}

class Conn extends Model {
  declare readonly ref: string;
}

const SHOWN_AT_START = 5;
const EARLIER_AT_ONCE = 20;

/** Everything that the page's modules share. */
export class World {
  readonly socket = new Socket({ state: "OPENING", hasSynced: false });
  readonly conn = new Conn({ ref: "", pushname: "", platform: "android" });
  readonly cmd = new Events();
  readonly messages = new Collection<Msg>();
  readonly chats = new Collection<Chat>();
  readonly contacts = new Collection<Contact>();
  readonly blocklist = new Collection<Model & { readonly id: Wid }>();
  readonly calls = new Map<string, object>();
  readonly people = new Map<string, PersonOnWire>();
  readonly profile: Profile;
  me: PersonOnWire | null = null;
  /** Whether the page says so when a message is sent. */
  settlesSends = true;
  #line: Line | null = null;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  get line(): Line {
    if (this.#line) return this.#line;
    throw new PageError("there is no line to the service yet");
  }

  use(line: Line): void {
    this.#line = line;
  }

  welcome({ me, ref, people, blocked }: Welcome): void {
    this.takeMe(me);
    this.conn.set({ ref });
    for (const person of people) this.takePerson(person);
    for (const address of blocked) this.blocklist.add(new Blocked({ id: createWid(address) }));
  }

  takeMe(me: PersonOnWire | null): void {
    this.me = me;
    if (!me) return;
    this.takePerson(me);
    this.conn.set({ pushname: me.name });
  }

  takePerson(person: PersonOnWire): void {
    this.people.set(person.phone, person);
    this.people.set(person.lid, person);
    for (const address of [person.phone, person.lid]) {
      const contact = this.contacts.get(address);
      const attributes = { pushname: person.name, phoneNumber: createWid(person.phone) };
      if (contact) contact.set(attributes);
    }
  }

  isOwn = (address: Wid): boolean =>
    this.me !== null && [this.me.phone, this.me.lid].includes(address._serialized);

  contact(input: unknown): Contact {
    const id = createWid(input);
    const known = this.contacts.get(id);
    if (known) return known;
    const person = this.people.get(id._serialized);
    const isContactBlocked = this.blocklist.get(person?.phone ?? id._serialized) !== undefined;
    const attributes = {
      id,
      isContactBlocked,
      ...(person && { pushname: person.name, phoneNumber: createWid(person.phone) }),
    };
    return this.contacts.add(new Contact(attributes));
  }

  /** The chat at this address, made if need be. */
  chat(id: Wid): Chat {
    const known = this.chats.get(id);
    if (known) return known;
    const name = this.people.get(id._serialized)?.name ?? id.user;
    const mark = (marks: Partial<ChatMarks>) =>
      this.line.ask("markChat", { chat: id._serialized, marks });
    const parts = { messages: this.#messagesOf(id), isOwn: this.isOwn, mark };
    return this.chats.add(new Chat({ id, name }, parts));
  }

  /** The chat that the service knows by this address; undefined where it knows none. */
  async findChat(input: unknown): Promise<Chat | undefined> {
    const id = createWid(input);
    const known = this.chats.get(id);
    if (known) return known;
    const found = await this.line.ask("findChat", { chat: id._serialized });
    if (!found) return undefined;
    if (id.isGroup()) return await this.updateGroup(id);
    return this.chat(createWid(found.chat));
  }

  async updateGroup(id: Wid): Promise<Chat> {
    return this.takeGroup(await this.line.ask("group", { id: id._serialized }));
  }

  takeGroup(group: GroupOnWire): Chat {
    const chat = this.chat(createWid(group.id));
    chat.takeMetadata(group);
    return chat;
  }

  /** Shows what the profile holds. @param isNew whether the library is told of it */
  show(stored: StoredMessage, isNew: boolean): Msg {
    const chat = this.chat(createWid(stored.remote));
    const msg = this.messages.add(this.#toMsg(stored, isNew));
    const isUnread = stored.isUnread && !stored.fromMe;
    chat.set({ t: Math.max(chat.t, stored.t) });
    if (isUnread) chat.set({ unreadCount: Math.max(chat.unreadCount, 0) + 1 });
    return msg;
  }

  /** Shows the end of each chat, as the real page does when it starts: the rest is loaded on demand. */
  showKnown(): void {
    const all = [...this.profile.messages.values()];
    const ends = new Map<string, number>();
    const shown = all.reverse().filter(({ remote }) => {
      const count = ends.get(remote) ?? 0;
      ends.set(remote, count + 1);
      return count < SHOWN_AT_START;
    });
    for (const stored of shown.reverse()) this.show(stored, false);
  }

  /** Loads some more of a chat, from before what is shown. */
  loadEarlier({ id }: Chat): Msg[] {
    const hidden = [...this.profile.messages.values()].filter(
      (stored) => stored.remote === id._serialized && !this.messages.get(keyOf(stored)),
    );
    return hidden.slice(-EARLIER_AT_ONCE).map((stored) => this.show(stored, false));
  }

  /** The message with this key, also when it is not shown yet. */
  load(key: string): Msg | undefined {
    const known = this.messages.get(key);
    if (known) return known;
    const stored = this.profile.messages.get(MsgKey.fromString(key).id);
    return stored && keyOf(stored)._serialized === key ? this.show(stored, false) : undefined;
  }

  /** The message with this bare id. */
  byId(id: string): Msg | undefined {
    const stored = this.profile.messages.get(id);
    return stored && this.messages.get(keyOf(stored));
  }

  /** @throws ServerStatusCodeError where the page could ask nobody */
  requireMe(): PersonOnWire {
    if (this.me) return this.me;
    throw new ServerStatusCodeError(401, "the device is not linked");
  }

  /** In the order in which they came, however late they were loaded. */
  #messagesOf(chat: Wid): () => Msg[] {
    const orderOf = ({ id }: Msg): number => this.profile.messages.get(id.id)?.order ?? 0;
    return () =>
      this.messages
        .getModelsArray()
        .filter(({ id }) => id.remote._serialized === chat._serialized)
        .sort((one, other) => orderOf(one) - orderOf(other));
  }

  #toMsg(stored: StoredMessage, isNew: boolean): Msg {
    const { from, to, t, ack, participant, attributes, changes } = stored;
    const mentions = attributes["mentionedJidList"];
    return new Msg({
      ...attributes,
      ...(Array.isArray(mentions) && { mentionedJidList: mentions.map(createWid) }),
      ...("directPath" in attributes && { mediaData: { mediaStage: "RESOLVED" } }),
      id: keyOf(stored),
      from: createWid(from),
      to: createWid(to),
      ...(participant !== null && { author: createWid(participant) }),
      t,
      ack,
      isNewMsg: isNew,
      ...changes,
    });
  }
}

export class Blocked extends Model {
  declare readonly id: Wid;
}

export function keyOf({ fromMe, remote, id, participant }: MessageOnWire): MsgKey {
  return new MsgKey({
    fromMe,
    remote: createWid(remote),
    id,
    participant: participant === null ? undefined : createWid(participant),
  });
}
