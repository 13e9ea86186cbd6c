import { deflateSync } from "node:zlib";
import { proto } from "@whiskeysockets/baileys";
import { type SealedMediaKind, sealMedia } from "../../media/sealed-media.ts";
import { nowSeconds } from "../../wire/stanza.ts";
import { mediaMessage } from "../message-kinds.ts";
import type { Network } from "../network.ts";
import { newMessageId, preparePeer } from "../outgoing-messages.ts";
import type { User } from "../user.ts";

/** A message from before a device was linked. */
export interface HistoryMessage {
  /** Somebody's number, or the id of a group. */
  readonly chat: string;
  /** @default the other side of a direct chat */
  readonly from?: string;
  /** @default a new one */
  readonly id?: string;
  /** @default now */
  readonly sentAt?: Date;
  readonly message:
    | string
    | proto.IMessage
    | { readonly kind: SealedMediaKind; readonly bytes: Uint8Array };
}

export interface HistoryOptions {
  /** 0 to 100. @default 100 */
  readonly progress?: number;
  readonly syncType?: "INITIAL_BOOTSTRAP" | "RECENT" | "FULL";
  /** In the message that tells of it, not on the media host. @default false */
  readonly inline?: boolean;
}

/** Uploads a part of the account's history and tells the linked devices. @returns ids of the messages */
export function sendHistory(
  network: Network,
  user: User,
  messages: readonly HistoryMessage[],
  { progress = 100, syncType = "RECENT", inline = false }: HistoryOptions,
): { readonly messageIds: readonly string[] } {
  const type = proto.HistorySync.HistorySyncType[syncType];
  const encoded = messages.map((message) => toInfo(network, user, message));
  const chats = [...new Set(messages.map(({ chat }) => chat))];
  const history = proto.HistorySync.encode({
    syncType: type,
    progress,
    conversations: chats.map((chat) => ({
      ...addressesOf(network, chat),
      messages: encoded.flatMap((message, index) =>
        messages[index]?.chat === chat ? [{ message }] : [],
      ),
    })),
    phoneNumberToLidMappings: [...network.directory.users].map(({ jid, lid }) => ({
      pnJid: jid,
      lidJid: lid,
    })),
  }).finish();
  const plain = deflateSync(history);
  const notification: proto.Message.IHistorySyncNotification = {
    syncType: type,
    progress,
    ...(inline ? { initialHistBootstrapInlinePayload: plain } : upload(network, plain)),
  };
  const message: proto.IMessage = {
    protocolMessage: {
      type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
      historySyncNotification: notification,
    },
  };
  for (const companion of user.companions.values()) {
    companion.queue.add(preparePeer(network, user, companion, message));
  }
  return { messageIds: encoded.map(({ key }) => key?.id ?? "") };
}

function upload(network: Network, plain: Uint8Array): proto.Message.IHistorySyncNotification {
  const { bytes, ...promised } = sealMedia(plain, "history");
  return { ...promised, directPath: network.media.store(bytes) };
}

function toInfo(
  network: Network,
  user: User,
  { chat, from, id = newMessageId(), sentAt, message }: HistoryMessage,
): proto.IWebMessageInfo {
  const group = network.directory.group(chat);
  const author = network.directory.require(from ?? (group ? user.number : chat));
  const fromMe = author === user;
  return {
    key: {
      remoteJid: addressesOf(network, chat).id,
      fromMe,
      id,
      ...(group && !fromMe && { participant: author.lid }),
    },
    messageTimestamp: sentAt ? Math.floor(sentAt.getTime() / 1_000) : Number(nowSeconds()),
    pushName: author.name,
    message: toContent(network, id, message),
  };
}

function toContent(
  { media, phoneMedia }: Network,
  id: string,
  message: HistoryMessage["message"],
): proto.IMessage {
  if (typeof message === "string") return { conversation: message };
  if (!("kind" in message)) return message;
  const sealed = sealMedia(message.bytes, message.kind);
  phoneMedia.keep(id, sealed);
  return mediaMessage(message.kind, sealed, media.store(sealed.bytes), {});
}

function addressesOf(
  { directory, settings }: Network,
  chat: string,
): { id: string; pnJid?: string; lidJid?: string } {
  if (directory.group(chat)) return { id: chat };
  const { jid, lid } = directory.require(chat);
  return settings.addressing === "lid" ? { id: lid, pnJid: jid } : { id: jid, lidJid: lid };
}
