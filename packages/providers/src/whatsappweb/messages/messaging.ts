import type { Readable } from "node:stream";
import {
  type Change,
  type OutboxMessage,
  type Sent,
  type SessionOperations,
  waitFor,
} from "@orquesta/core";
import type { Message } from "whatsapp-web.js";
import { createOperations } from "../operations/operations.ts";
import { isPictureId, openPicture } from "../operations/profile-picture.ts";
import { type InboundJob, InboundQueue } from "./inbound-queue.ts";
import { readGroupChange } from "./incoming/group-changes.ts";
import { IncomingCalls } from "./incoming/incoming-calls.ts";
import { chatOf, readMessage, toMessageChange } from "./incoming/incoming-message.ts";
import {
  readAck,
  readEdit,
  readReaction,
  readRevocation,
  readVote,
} from "./incoming/message-changes.ts";
import { KnownMessages } from "./known-messages.ts";
import type { MessagingParts } from "./messaging-parts.ts";
import { MessageSender } from "./outgoing/message-sender.ts";
import { OwnMessages } from "./own-messages.ts";
import { People } from "./people.ts";
import { Progress } from "./progress.ts";
import { readMissed } from "./reconciliation.ts";
import { openMedia } from "./session-media.ts";
import { fromWebId } from "./whatsapp-id.ts";

const RESOLVE_TIMEOUT_MS = 10_000;

/** What a session does with messages. It listens from the moment it is made. */
export class Messaging {
  readonly operations: SessionOperations;
  readonly #parts: MessagingParts;
  readonly #queue: InboundQueue;
  readonly #people: People;
  readonly #known: KnownMessages;
  readonly #own = new OwnMessages();
  readonly #progress: Progress;
  readonly #sender: MessageSender;
  readonly #calls: IncomingCalls;

  constructor(parts: MessagingParts) {
    const { client, context, ended } = parts;
    const { keys, logger } = context;
    this.#parts = parts;
    this.#people = new People({ client, keys, signal: ended });
    this.#known = new KnownMessages(keys);
    this.#progress = new Progress(keys);
    this.#calls = new IncomingCalls(this.#people);
    const commit = (change: Change): Promise<void> => context.commit(change);
    this.#queue = new InboundQueue({ logger, ended, commit });
    const shared = { ...parts, people: this.#people, known: this.#known };
    this.#sender = new MessageSender({ ...shared, own: this.#own });
    this.operations = createOperations({ ...shared, calls: this.#calls });
    this.#listen();
  }

  send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    return this.#sender.send(message, signal);
  }

  openMedia(mediaId: string, signal: AbortSignal): Promise<Readable> {
    const { client, ended } = this.#parts;
    const wait = AbortSignal.any([signal, ended]);
    return isPictureId(mediaId)
      ? openPicture(client, mediaId, wait)
      : openMedia(client, mediaId, wait);
  }

  /** The address that WhatsApp knows the phone number by. */
  async resolveChat(chatId: string, signal: AbortSignal): Promise<string> {
    if (!chatId.endsWith("@s.whatsapp.net")) return chatId;
    const { client, ended } = this.#parts;
    const wait = { signal: AbortSignal.any([signal, ended]), timeoutMs: RESOLVE_TIMEOUT_MS };
    const asking = client.getNumberId(this.#people.addressOf(chatId));
    const found = await waitFor(asking, "resolving a chat", wait);
    if (!found) return chatId;
    return (await this.#people.identify(found._serialized)).contact.id;
  }

  /**
   * The session is ready: commits what came while it was away, and then what has come since. Never
   * rejects.
   */
  async reconcile(): Promise<void> {
    const { context, ended } = this.#parts;
    try {
      this.#queue.open(await this.#missed());
    } catch (error) {
      if (ended.aborted) return;
      context.logger.error("what was missed could not be read", { error });
      this.#queue.open(null);
    }
  }

  /** Resolves when what came is in the journal. Never rejects. */
  settled(): Promise<void> {
    return this.#queue.idle();
  }

  async #missed(): Promise<readonly InboundJob[]> {
    const { client, context, ended } = this.#parts;
    const since = await this.#progress.read();
    if (since === null) {
      // Just paired: what was before is not new.
      await context.commit({ keys: this.#progress.advance(Date.now()) });
      return [];
    }
    const messages = await readMissed({ client, logger: context.logger, ended, since });
    return messages.map((web) => () => this.#readMissed(web));
  }

  #listen(): void {
    const { client } = this.#parts;
    const isOwn = (contactId: string): boolean => this.#isOwn(contactId);
    const add = (job: InboundJob): void => this.#queue.add(job);
    client.on("message_create", (web) => this.#onMessage(web));
    client.on("message_ack", (web, ack) => {
      const job = (): Promise<Change | null> => readAck(web, ack, this.#people);
      this.#own.observe(web.id.id, chatOf(web), () => add(job));
    });
    client.on("message_edit", (web) => add(() => readEdit(web, this.#people)));
    client.on("message_revoke_everyone", (web) => {
      add(() => readRevocation(web, this.#people, isOwn));
    });
    client.on("message_reaction", (one) => add(() => readReaction(one, this.#people, isOwn)));
    client.on("vote_update", (vote) => add(() => readVote(vote, this.#people, isOwn)));
    client.on("call", (call) => add(() => this.#calls.read(call)));
    for (const name of ["group_join", "group_leave", "group_admin_changed", "group_update"]) {
      client.on(name, (one) => add(() => readGroupChange(one, this.#people)));
    }
  }

  #onMessage(web: Message): void {
    if (!web.fromMe) {
      this.#queue.add(() => this.#read(web));
      return;
    }
    this.#own.observe(web.id.id, chatOf(web), (isOurs) => {
      if (!isOurs) this.#queue.add(() => this.#read(web));
    });
  }

  async #read(web: Message): Promise<Change | null> {
    const isOwn = (contactId: string): boolean => this.#isOwn(contactId);
    const read = await readMessage(web, this.#people, isOwn);
    if (read === null) return null;
    const change = toMessageChange(read, web.fromMe);
    // Behind something that was lost there is no progress: the next session looks there again.
    return this.#queue.hasLost ? change : this.#progress.with(change, web.timestamp * 1000);
  }

  /** Twice does no harm: the journal knows what it has. */
  async #readMissed(web: Message): Promise<Change | null> {
    const isKnown = web.fromMe && (await this.#isKnown(web));
    return isKnown ? null : await this.#read(web);
  }

  async #isKnown(web: Message): Promise<boolean> {
    const { contact } = await this.#people.identify(chatOf(web));
    return (await this.#known.find(contact.id, web.id.id)) !== null;
  }

  #isOwn(contactId: string): boolean {
    const own = this.#parts.client.info?.wid._serialized;
    return own !== undefined && fromWebId(own) === contactId;
  }
}
