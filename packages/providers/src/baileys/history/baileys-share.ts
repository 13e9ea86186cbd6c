import { deflateSync } from "node:zlib";
import type { proto, UserFacingSocketConfig, WASocket } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { OwnAddresses } from "../incoming/stanza-envelope.ts";
import { hasConversations } from "./history-notification.ts";

type ShouldSync = NonNullable<UserFacingSocketConfig["shouldSyncHistoryMessage"]>;

/** Histories without messages, made by ourselves. */
const ours = new WeakSet<object>();

/**
 * Has Baileys do all that hangs on the arrival of a history, such as fetching the state of the chats,
 * but fetch no conversations: it would do that with everything in memory, while all messages that
 * come in wait. Baileys asks with the very object that it works on afterwards.
 */
export function withoutConversations(library: BaileysLibrary): ShouldSync {
  const { ON_DEMAND } = library.proto.HistorySync.HistorySyncType;
  return (notification) => {
    const { syncType } = notification;
    const isProbe = !notification.directPath && !notification.initialHistBootstrapInlinePayload;
    if (isProbe || ours.has(notification) || !hasConversations(syncType, library)) return true;
    notification.directPath = null;
    notification.initialHistBootstrapInlinePayload = encode({ syncType: ON_DEMAND }, library);
    return true;
  };
}

/** Gives Baileys what a history holds besides messages: LIDs of phone numbers and privacy tokens. */
export async function shareWithBaileys(
  socket: Pick<WASocket, "upsertMessage">,
  rest: proto.HistorySync,
  { me, id }: { readonly me: OwnAddresses; readonly id: string },
  library: BaileysLibrary,
): Promise<void> {
  const { proto } = library;
  const { ON_DEMAND } = proto.HistorySync.HistorySyncType;
  // Baileys counts every other type as one more history of the phone.
  const payload = encode({ ...rest, syncType: ON_DEMAND }, library);
  const message = proto.WebMessageInfo.create({
    key: { remoteJid: me.id, fromMe: true, id },
    message: {
      protocolMessage: {
        type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
        historySyncNotification: {
          syncType: ON_DEMAND,
          initialHistBootstrapInlinePayload: payload,
        },
      },
    },
  });
  const notification = message.message?.protocolMessage?.historySyncNotification;
  const { key } = message;
  if (!notification || !key) return;
  ours.add(notification);
  await socket.upsertMessage({ ...message, key }, "append");
}

function encode(history: proto.IHistorySync, { proto }: BaileysLibrary): Uint8Array {
  return deflateSync(proto.HistorySync.encode(history).finish());
}
