import type {
  ContactCard,
  EventName,
  IncomingKind,
  InstanceManager,
  OperationName,
  Provider,
} from "../../index.ts";

/** What the other person writes. `bytes` are real files of their kind. */
export type PeerContent =
  | {
      readonly type: "text";
      readonly text: string;
      /** The part of the text that is bold. */
      readonly bold?: string;
    }
  | {
      readonly type: "image" | "video" | "audio" | "voice" | "document" | "sticker";
      readonly bytes: Uint8Array;
      readonly mimeType: string;
      readonly fileName?: string;
      readonly caption?: string;
    }
  | { readonly type: "location"; readonly latitude: number; readonly longitude: number }
  | { readonly type: "contacts"; readonly contacts: readonly ContactCard[] }
  | { readonly type: "poll"; readonly question: string; readonly options: readonly string[] };

export interface PeerWriting {
  /** The message, of whichever of the two, that it answers. */
  readonly quotedId?: string;
  readonly mentionsAccount?: boolean;
  readonly forwarded?: boolean;
  /** Where, if not in the chat of the two. */
  readonly groupId?: string;
}

/** A message as the other person's app shows it now. */
export interface SeenMessage {
  readonly id: string;
  /** Buttons and lists are `menu` where the platform has them, and text where it has not. */
  readonly kind: Exclude<IncomingKind, "choice" | "unsupported"> | "menu";
  /** The text, caption or question. */
  readonly text: string | null;
  /** Parts of the text that are bold. */
  readonly bold: readonly string[];
  readonly bytes: Uint8Array | null;
  readonly fileName: string | null;
  readonly quotedId: string | null;
  /** Chat ids of those that are named. */
  readonly mentions: readonly string[];
  readonly forwarded: boolean;
  readonly edited: boolean;
  readonly deleted: boolean;
  /** Of a poll, or the titles of a menu. */
  readonly options: readonly string[];
  readonly place: { readonly latitude: number; readonly longitude: number } | null;
  readonly cards: readonly { readonly name: string; readonly phones: readonly string[] }[];
  /** Messages of one album share it. */
  readonly albumId: string | null;
  /** What the account has reacted with. */
  readonly reactions: readonly string[];
}

export interface PeerChat {
  readonly archived: boolean;
  readonly muted: boolean;
  readonly pinned: boolean;
  readonly unread: boolean;
}

/**
 * The other person, and the platform behind them: does and sees. Only what the provider declares is
 * asked for; the rest may throw. Everything may take its time: what is seen is asked for again and again.
 */
export interface PlatformPeer {
  /** @returns the message's id, as events name it */
  write(content: PeerContent, writing?: PeerWriting): Promise<string>;
  /** What the account sent into the chat of the two, oldest first; stories too. */
  arrived(): Promise<readonly SeenMessage[]>;
  /** A message of either, as it is now. */
  message(id: string): Promise<SeenMessage | null>;
  /** Presses a button of a native menu, by its title. */
  press(menuMessageId: string, title: string): Promise<void>;
  react(messageId: string, emoji: string | null): Promise<void>;
  edit(messageId: string, text: string): Promise<void>;
  delete(messageId: string): Promise<void>;
  vote(pollMessageId: string, options: readonly string[]): Promise<void>;
  /** @returns the call's id, as events name it */
  call(): Promise<string>;
  hangUp(callId: string): Promise<void>;
  callState(callId: string): Promise<"ringing" | "rejected" | "ended">;
  setPresence(presence: "typing" | "recording" | "paused"): Promise<void>;
  /** What the account shows in the chat. */
  presence(): Promise<"typing" | "recording" | "paused" | null>;
  /** Ids of the peer's messages that the account has read. */
  read(): Promise<readonly string[]>;
  /** The chat as the account's other devices show it. */
  chat(): Promise<PeerChat>;
  /** Puts the account into a new group as an admin, together with `other`. @returns its chat id */
  createGroup(subject: string): Promise<string>;
  /** A group that the account is not in. @returns a link that lets it join, and its chat id */
  openGroup(subject: string): Promise<{ readonly link: string; readonly id: string }>;
  /** Somebody else gives a group another subject. */
  renameGroup(groupId: string, subject: string): Promise<void>;
  /** Gives the peer a profile picture. */
  setPicture(bytes: Uint8Array): Promise<void>;
}

/** Another chat with the peer, for what the platform has in chats of that sort only. */
export interface Elsewhere {
  /** What the platform says about it. */
  readonly why: string;
  /** As a person types it. */
  readonly chatId: string;
  readonly peer: PlatformPeer;
}

/** A provider and what it takes to try its promises out. */
export interface ConformanceSubject {
  readonly provider: Provider;
  readonly settings: unknown;
  /** The chat with the peer, as a person types it. */
  readonly chatId: string;
  /** Another contact, as a person types it. */
  readonly other: string;
  /** An address of the right form that nobody has. */
  readonly nobody: string;
  readonly peer: PlatformPeer;
  /** What does not work in the chat of the two is tried out where it does. */
  readonly elsewhere?: { readonly [Name in EventName | OperationName]?: Elsewhere };
  /** Makes the account of an instance that was started connect, as a phone that scans the code. */
  connect(instanceId: string, manager: InstanceManager): Promise<void>;
  close(): Promise<void>;
}
