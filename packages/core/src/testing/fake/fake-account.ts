import { buffer } from "node:stream/consumers";
import {
  type Contact,
  type KeptMedia,
  type MediaReference,
  OrquestaError,
  type OutboxContent,
  type OutboxMessage,
  shownText,
} from "../../index.ts";
import type { PeerChat, SeenMessage } from "../conformance/conformance-subject.ts";
import { FakeGroups } from "./fake-groups.ts";

/** A message as the fake platform keeps it. */
export interface FakeMessage extends SeenMessage {
  readonly chatId: string;
  readonly fromAccount: boolean;
}

const NEW_CHAT: PeerChat = { archived: false, muted: false, pinned: false, unread: false };

/** What the fake platform knows of one account: it outlives the sessions. */
export class FakeAccount {
  readonly contact: Contact;
  readonly messages: FakeMessage[] = [];
  readonly groups = new FakeGroups();
  readonly chats = new Map<string, PeerChat>();
  readonly read = new Set<string>();
  readonly blocked = new Set<string>();
  readonly calls = new Map<string, "ringing" | "rejected" | "ended">();
  /** By the id of a contact or group. */
  readonly pictures = new Map<string, Uint8Array>();
  /** What media that were sent to the account hold, by their id. */
  readonly media = new Map<string, Uint8Array>();
  readonly presence = new Map<string, "typing" | "recording" | "paused">();
  /** The choices of the menus that the account sent, by message. */
  readonly #menus = new Map<string, readonly { readonly id: string; readonly title: string }[]>();
  name = "Support";
  about: string | null = null;

  constructor(contact: Contact) {
    this.contact = contact;
  }

  /** @throws VALIDATION_FAILED when nothing of the menu is titled so */
  choiceId(menuMessageId: string, title: string): string {
    const menu = this.#menus.get(menuMessageId) ?? [];
    const choice = menu.find((one) => one.title === title);
    if (choice) return choice.id;
    throw new OrquestaError("VALIDATION_FAILED", `the menu has no "${title}"`);
  }

  find(id: string): FakeMessage | null {
    return this.messages.findLast((message) => message.id === id) ?? null;
  }

  change(id: string, changes: Partial<FakeMessage>): void {
    const index = this.messages.findLastIndex((message) => message.id === id);
    const message = this.messages[index];
    if (!message) throw new OrquestaError("SEND_REJECTED", "there is no such message");
    this.messages[index] = { ...message, ...changes };
  }

  changeChat(chatId: string, changes: Partial<PeerChat>): void {
    this.chats.set(chatId, { ...(this.chats.get(chatId) ?? NEW_CHAT), ...changes });
  }

  chat(chatId: string): PeerChat {
    return this.chats.get(chatId) ?? NEW_CHAT;
  }

  /** Applies what the account sent, as the platform shows it. @throws SEND_REJECTED */
  async take({ chatId, content }: OutboxMessage, id: string, media: KeptMedia): Promise<void> {
    switch (content.type) {
      case "reaction":
        return this.change(content.messageId, {
          reactions: content.emoji === null ? [] : [content.emoji],
        });
      case "edit":
        return this.change(content.messageId, { text: content.text, edited: true });
      case "delete":
        return this.change(content.messageId, { deleted: true });
      case "forward": {
        const original = this.find(content.messageId);
        if (!original) throw new OrquestaError("SEND_REJECTED", "there is no such message");
        const copy = { ...original, id, chatId, fromAccount: true, forwarded: true };
        this.messages.push(copy);
        return;
      }
      case "album":
        for (const [index, item] of content.items.entries()) {
          const shown = await this.#shown(item, media);
          this.messages.push({ ...shown, id: `${id}-${index}`, chatId, albumId: id });
        }
        return;
      case "status":
        this.messages.push({ ...(await this.#shown(content.story, media)), id, chatId });
        return;
      default:
        this.#menus.set(id, choicesOf(content));
        this.messages.push({ ...(await this.#shown(content, media)), id, chatId });
    }
  }

  async #shown(content: OutboxContent, kept: KeptMedia): Promise<Omit<FakeMessage, "chatId">> {
    const { text, bold, mentions } = formatted(content);
    return {
      ...EMPTY,
      kind: kindOf(content),
      text,
      bold,
      fromAccount: true,
      bytes: "media" in content ? await bytesOf(content.media, kept) : null,
      fileName: "media" in content ? content.media.fileName : null,
      quotedId: "quoteMessageId" in content ? (content.quoteMessageId ?? null) : null,
      mentions: [...mentions, ...mentionsOf(content)],
      options: optionsOf(content),
      place: content.type === "location" ? content : null,
      cards: content.type === "contacts" ? content.contacts : [],
    };
  }
}

const MENTION = /\[([^\]]+)\]\(mention:([^)]+)\)/g;

/** A message that shows nothing yet. */
export const EMPTY: Omit<FakeMessage, "chatId" | "fromAccount"> = {
  id: "",
  kind: "text",
  text: null,
  bold: [],
  bytes: null,
  fileName: null,
  quotedId: null,
  mentions: [],
  forwarded: false,
  edited: false,
  deleted: false,
  options: [],
  place: null,
  cards: [],
  albumId: null,
  reactions: [],
};

async function bytesOf(media: MediaReference, kept: KeptMedia): Promise<Uint8Array> {
  return await buffer(await kept.open(media));
}

/** All of Markdown that the fake platform knows: bold, and mentions. */
function formatted(content: OutboxContent): {
  readonly text: string | null;
  readonly bold: readonly string[];
  readonly mentions: readonly string[];
} {
  const text = shownText(content);
  const isFormatted = "format" in content && content.format === "markdown";
  if (text === null || !isFormatted) return { text, bold: [], mentions: [] };
  const bold = [...text.matchAll(/\*\*(.+?)\*\*/g)].flatMap(([, part]) => part ?? []);
  const mentions = [...text.matchAll(MENTION)].flatMap(([, , id]) => id ?? []);
  return { text: text.replaceAll("**", "").replaceAll(MENTION, "@$1"), bold, mentions };
}

function kindOf({ type }: OutboxContent): SeenMessage["kind"] {
  switch (type) {
    case "buttons":
    case "list":
      return "menu";
    case "reaction":
    case "edit":
    case "delete":
    case "forward":
    case "album":
    case "status":
      return "text";
    default:
      return type;
  }
}

function mentionsOf(content: OutboxContent): readonly string[] {
  const mentions = "mentions" in content ? content.mentions : undefined;
  return mentions === undefined || mentions === "all" ? [] : mentions;
}

function optionsOf(content: OutboxContent): readonly string[] {
  return content.type === "poll" ? content.options : choicesOf(content).map(({ title }) => title);
}

function choicesOf(
  content: OutboxContent,
): readonly { readonly id: string; readonly title: string }[] {
  if (content.type === "list") return content.sections.flatMap(({ rows }) => rows);
  if (content.type !== "buttons") return [];
  return content.buttons.flatMap((button) => ("id" in button ? [button] : []));
}
