import { randomUUID } from "node:crypto";
import type { DurableEvent, IncomingContent } from "../../index.ts";
import type {
  PeerChat,
  PeerContent,
  PeerWriting,
  PlatformPeer,
  SeenMessage,
} from "../conformance/conformance-subject.ts";
import type { FakeSession } from "../fake-session.ts";
import { EMPTY, type FakeAccount } from "./fake-account.ts";
import { fakeContact } from "./fake-contact.ts";

/** The other person on the fake platform. */
export class FakePeer implements PlatformPeer {
  readonly #id: string;
  readonly #session: () => FakeSession;
  readonly #account: () => FakeAccount;

  /** @param id chat id of the peer */
  constructor(id: string, session: () => FakeSession, account: () => FakeAccount) {
    this.#id = id;
    this.#session = session;
    this.#account = account;
  }

  async write(content: PeerContent, writing: PeerWriting = {}): Promise<string> {
    const { quotedId, mentionsAccount, forwarded, groupId } = writing;
    const account = this.#account();
    const quoted = quotedId === undefined ? null : account.find(quotedId);
    const id = randomUUID();
    const chatId = groupId ?? this.#id;
    account.messages.push({
      ...EMPTY,
      id,
      chatId,
      fromAccount: false,
      text: "text" in content ? content.text : null,
    });
    await this.#session().receiveContent(this.#told(content), {
      id,
      chatId,
      group: groupId !== undefined,
      sender: fakeContact(this.#id, "Ana"),
      ...(quoted && { quote: { messageId: quoted.id, senderId: null, text: quoted.text } }),
      ...(mentionsAccount && { mentions: [account.contact.id], mentionsMe: true as const }),
      ...(forwarded && { forwarded: true as const }),
    });
    return id;
  }

  async arrived(): Promise<readonly SeenMessage[]> {
    return this.#account().messages.filter(({ fromAccount }) => fromAccount);
  }

  async message(id: string): Promise<SeenMessage | null> {
    return this.#account().find(id);
  }

  async press(menuMessageId: string, title: string): Promise<void> {
    const id = this.#account().choiceId(menuMessageId, title);
    const content = { type: "choice", menuMessageId, id, title } as const;
    await this.#session().receiveContent(content, { chatId: this.#id });
  }

  async react(messageId: string, emoji: string | null): Promise<void> {
    const reactedAt = new Date().toISOString();
    const emojis = emoji === null ? [] : [emoji];
    const data = { ...this.#about(messageId), sender: this.#contact, emojis, reactedAt };
    await this.#tell({ name: "message.reacted", chatId: this.#id, data });
  }

  async edit(messageId: string, text: string): Promise<void> {
    const editedAt = new Date().toISOString();
    const content = { type: "text", text } as const;
    const data = { ...this.#about(messageId), sender: this.#contact, content, editedAt };
    await this.#tell({ name: "message.edited", chatId: this.#id, data });
  }

  async delete(messageId: string): Promise<void> {
    const deletedAt = new Date().toISOString();
    const data = { ...this.#about(messageId), sender: this.#contact, deletedAt };
    await this.#tell({ name: "message.deleted", chatId: this.#id, data });
  }

  async vote(messageId: string, options: readonly string[]): Promise<void> {
    const votedAt = new Date().toISOString();
    const data = { ...this.#about(messageId), voter: this.#contact, options, votedAt };
    await this.#tell({ name: "poll.voted", chatId: this.#id, data });
  }

  async call(): Promise<string> {
    const callId = randomUUID();
    this.#account().calls.set(callId, "ringing");
    await this.#tell({
      name: "call.received",
      chatId: this.#id,
      data: {
        callId,
        caller: this.#contact,
        chatId: this.#id,
        video: false,
        group: false,
        receivedAt: new Date().toISOString(),
        rejected: false,
      },
    });
    return callId;
  }

  async hangUp(callId: string): Promise<void> {
    this.#account().calls.set(callId, "ended");
    const endedAt = new Date().toISOString();
    const data = { callId, chatId: this.#id, outcome: "missed" as const, endedAt };
    await this.#tell({ name: "call.ended", chatId: this.#id, data });
  }

  async callState(callId: string): Promise<"ringing" | "rejected" | "ended"> {
    return this.#account().calls.get(callId) ?? "ended";
  }

  async setPresence(presence: "typing" | "recording" | "paused"): Promise<void> {
    const data = { chatId: this.#id, contactId: this.#id, presence };
    this.#session().context.emit({ name: "presence.changed", data });
  }

  async presence(): Promise<"typing" | "recording" | "paused" | null> {
    return this.#account().presence.get(this.#id) ?? null;
  }

  async read(): Promise<readonly string[]> {
    return [...this.#account().read];
  }

  async chat(): Promise<PeerChat> {
    return this.#account().chat(this.#id);
  }

  async createGroup(subject: string): Promise<string> {
    const { groups, contact } = this.#account();
    return groups.create({ subject, participants: [this.#id] }, contact.id).id;
  }

  async openGroup(subject: string): Promise<{ readonly link: string; readonly id: string }> {
    return this.#account().groups.open(subject, this.#id);
  }

  async renameGroup(groupId: string, subject: string): Promise<void> {
    this.#account().groups.change(groupId, { subject });
    await this.#tell({
      name: "group.changed",
      chatId: groupId,
      data: {
        chatId: groupId,
        actor: this.#contact,
        change: { kind: "subject", subject },
        changedAt: new Date().toISOString(),
      },
    });
  }

  async setPicture(bytes: Uint8Array): Promise<void> {
    this.#account().pictures.set(this.#id, bytes);
  }

  async #tell(event: DurableEvent): Promise<void> {
    await this.#session().commit({ events: [event] });
  }

  get #contact() {
    return fakeContact(this.#id, "Ana");
  }

  #about(messageId: string) {
    return { chatId: this.#id, messageId };
  }

  /** What the session tells of something that was written. */
  #told(content: PeerContent): IncomingContent {
    switch (content.type) {
      case "text": {
        const { text, bold } = content;
        const markdown = bold === undefined ? undefined : text.replace(bold, `**${bold}**`);
        return { type: "text", text, ...(markdown !== undefined && { markdown }) };
      }
      case "location": {
        const { latitude, longitude } = content;
        return { type: "location", latitude, longitude, name: null, address: null };
      }
      case "contacts":
        return content;
      case "poll":
        return { ...content, multiple: false };
      default: {
        const { type, bytes, mimeType, fileName = null, caption = null } = content;
        const id = randomUUID();
        this.#account().media.set(id, bytes);
        const media = { id, mimeType, size: bytes.length, fileName };
        if (type === "image" || type === "video" || type === "document") {
          return { type, media, caption };
        }
        return { type, media };
      }
    }
  }
}
