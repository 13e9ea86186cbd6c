import type { proto } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import { shownField } from "./message-content.ts";

/** What somebody does with a message: says something new, or something about another message. */
export type MessageAct = {
  /** Says which of a stanza's parts this is: a stanza may hold several, of one id. */
  readonly field: string;
} & (
  | {
      readonly act: "say";
      /** The message without what is wrapped around it. */
      readonly inner: proto.IMessage;
      readonly isViewOnce: boolean;
      /** The album that it is part of. */
      readonly albumId: string | null;
    }
  | { readonly act: "edit"; readonly targetId: string; readonly inner: proto.IMessage }
  | { readonly act: "delete"; readonly targetId: string }
  | { readonly act: "react"; readonly targetId: string; readonly emoji: string }
  | {
      readonly act: "vote";
      readonly targetId: string;
      readonly vote: proto.Message.IPollEncValue;
    }
);

/** What a decrypted message is; null when it shows nothing to people. */
export function readAct(message: proto.IMessage, library: BaileysLibrary): MessageAct | null {
  const inner = library.normalizeMessageContent(message) ?? message;
  const { protocolMessage, reactionMessage, pollUpdateMessage } = inner;
  if (protocolMessage) return readProtocolMessage(protocolMessage, library);
  const field = shownField(inner);
  if (field === null) return null;
  const reactedTo = reactionMessage?.key?.id;
  if (reactedTo) {
    return { act: "react", field, targetId: reactedTo, emoji: reactionMessage.text ?? "" };
  }
  const pollId = pollUpdateMessage?.pollCreationMessageKey?.id;
  if (pollId && pollUpdateMessage.vote) {
    return { act: "vote", field, targetId: pollId, vote: pollUpdateMessage.vote };
  }
  const albumId = albumIdOf(message, library) ?? albumIdOf(inner, library);
  return { act: "say", field, inner, isViewOnce: isViewOnce(message), albumId };
}

/** Most kinds are between devices; people see two of them. */
function readProtocolMessage(
  { key, type, editedMessage }: proto.Message.IProtocolMessage,
  { proto, normalizeMessageContent }: BaileysLibrary,
): MessageAct | null {
  const { Type } = proto.Message.ProtocolMessage;
  const targetId = key?.id;
  if (!targetId) return null;
  if ((type ?? Type.REVOKE) === Type.REVOKE)
    return { act: "delete", field: "protocolMessage.REVOKE", targetId };
  const inner = normalizeMessageContent(editedMessage ?? undefined);
  if (type !== Type.MESSAGE_EDIT || !inner) return null;
  return { act: "edit", field: "protocolMessage.MESSAGE_EDIT", targetId, inner };
}

function isViewOnce(message: proto.IMessage): boolean {
  const outer = message.ephemeralMessage?.message ?? message;
  return Boolean(
    outer.viewOnceMessage ?? outer.viewOnceMessageV2 ?? outer.viewOnceMessageV2Extension,
  );
}

function albumIdOf(
  { messageContextInfo }: proto.IMessage,
  { proto }: BaileysLibrary,
): string | null {
  const association = messageContextInfo?.messageAssociation;
  const isAlbum =
    association?.associationType === proto.MessageAssociation.AssociationType.MEDIA_ALBUM;
  return (isAlbum && association.parentMessageKey?.id) || null;
}
