import { EventEmitter } from "node:events";
import type { proto } from "@whiskeysockets/baileys";
import { BoundedLog } from "../bounded-log.ts";
import { type WaitOptions, withDeadline } from "../deadline.ts";

/** A message as somebody's WhatsApp shows it. */
export interface ReceivedMessage {
  readonly id: string;
  /** The account's phone number. */
  readonly from: string;
  /** Where it was written: the account's number, or the group's JID. */
  readonly chat: string;
  readonly text: string;
  /** The field of the protobuf that holds the content: "conversation", "imageMessage", … */
  readonly type: string;
  readonly quotedId?: string;
  /** The whole protobuf, when the message is more than text. */
  readonly content?: proto.IMessage;
  readonly at: number;
  /** How often the same id came again; WhatsApp does not show it again. */
  readonly duplicates: number;
}

export type NewMessage = Omit<ReceivedMessage, "at" | "duplicates">;
type Entry = { -readonly [K in keyof ReceivedMessage]: ReceivedMessage[K] };

/** What a device received, each id once per chat and sender. */
export class Inbox {
  readonly #log: BoundedLog<Entry>;
  readonly #byKey = new Map<string, Entry>();
  readonly #arrivals = new EventEmitter<{ message: [ReceivedMessage] }>();

  constructor(limit: number) {
    this.#log = new BoundedLog(limit, (entry) => this.#byKey.delete(keyOf(entry)));
    this.#arrivals.setMaxListeners(0);
  }

  get messages(): readonly ReceivedMessage[] {
    return this.#log.entries;
  }

  find(id: string): ReceivedMessage | undefined {
    return this.#log.entries.findLast((message) => message.id === id);
  }

  /** Shows a message, or counts it when it is shown already. */
  show(message: NewMessage): ReceivedMessage {
    const known = this.#byKey.get(keyOf(message));
    if (known) {
      known.duplicates += 1;
      return known;
    }
    const entry: Entry = { ...message, at: Date.now(), duplicates: 0 };
    this.#byKey.set(keyOf(entry), entry);
    this.#log.push(entry);
    this.#arrivals.emit("message", entry);
    return entry;
  }

  /** The first message that matches, among those shown already and those to come. */
  waitFor(
    what: string,
    matches: (message: ReceivedMessage) => boolean,
    options: WaitOptions,
  ): Promise<ReceivedMessage> {
    return withDeadline(what, options, (resolve, reject) => {
      const listener = (message: ReceivedMessage): void => {
        try {
          if (matches(message)) resolve(message);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const known = this.#log.entries.find(matches);
      if (known) {
        resolve(known);
        return undefined;
      }
      this.#arrivals.on("message", listener);
      return () => this.#arrivals.off("message", listener);
    });
  }
}

function keyOf({ chat, from, id }: { chat: string; from: string; id: string }): string {
  return `${chat}|${from}|${id}`;
}
