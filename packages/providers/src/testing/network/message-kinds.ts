import { createCipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import type { SealedMedia, SealedMediaKind } from "../media/sealed-media.ts";

/** What is said of a medium beside its bytes. */
export interface MediaOptions {
  readonly mimeType?: string;
  readonly caption?: string;
  readonly fileName?: string;
  readonly seconds?: number;
  readonly gif?: boolean;
  readonly viewOnce?: boolean;
  /** Recorded with the microphone. */
  readonly voice?: boolean;
}

const MIME_TYPES: Readonly<Record<SealedMediaKind, string>> = {
  image: "image/jpeg",
  video: "video/mp4",
  audio: "audio/ogg; codecs=opus",
  document: "application/pdf",
  sticker: "image/webp",
};

export function mediaMessage(
  kind: SealedMediaKind,
  { mediaKey, fileSha256, fileEncSha256, fileLength }: SealedMedia,
  directPath: string,
  options: MediaOptions,
): proto.IMessage {
  const { mimeType = MIME_TYPES[kind], caption, fileName, seconds, viewOnce = false } = options;
  const url = `https://mmg.whatsapp.net${directPath}`;
  const keys = { mediaKey, fileSha256, fileEncSha256, fileLength, directPath, url };
  const file = {
    ...keys,
    mimetype: mimeType,
    mediaKeyTimestamp: Math.floor(Date.now() / 1_000),
    ...(caption !== undefined && { caption }),
    ...(seconds !== undefined && { seconds }),
    ...(viewOnce && { viewOnce }),
  };
  switch (kind) {
    case "image":
      return once(viewOnce, { imageMessage: file });
    case "video":
      return once(viewOnce, { videoMessage: { ...file, gifPlayback: options.gif ?? false } });
    case "audio":
      return once(viewOnce, { audioMessage: { ...file, ptt: options.voice ?? false } });
    case "sticker":
      return { stickerMessage: file };
    case "document": {
      const document = { documentMessage: { ...file, fileName: fileName ?? "document" } };
      return caption === undefined
        ? document
        : { documentWithCaptionMessage: { message: document } };
    }
  }
}

function once(viewOnce: boolean, message: proto.IMessage): proto.IMessage {
  return viewOnce ? { viewOnceMessageV2: { message } } : message;
}

/** What a voter has to know of a poll. */
export interface Poll {
  readonly id: string;
  readonly options: readonly string[];
  readonly secret: Uint8Array;
}

export function pollMessage(
  question: string,
  options: readonly string[],
  isMultiple: boolean,
): { message: proto.IMessage; secret: Buffer } {
  const secret = randomBytes(32);
  const poll = {
    name: question,
    options: options.map((optionName) => ({ optionName })),
    selectableOptionsCount: isMultiple ? 0 : 1,
  };
  const kind = isMultiple ? { pollCreationMessage: poll } : { pollCreationMessageV3: poll };
  return { message: { ...kind, messageContextInfo: { messageSecret: secret } }, secret };
}

/** The poll in a message that came; null when it has none, or no secret. */
export function pollOf(id: string, message: proto.IMessage | undefined): Poll | null {
  const poll = message?.pollCreationMessage ?? message?.pollCreationMessageV3;
  const secret = message?.messageContextInfo?.messageSecret;
  if (!poll || !secret) return null;
  return { id, options: (poll.options ?? []).map(({ optionName }) => optionName ?? ""), secret };
}

/** A vote, encrypted for those who have the poll. Addresses are without device. */
export function voteMessage(
  { id, secret }: Poll,
  key: proto.IMessageKey,
  choices: readonly string[],
  { creator, voter }: { readonly creator: string; readonly voter: string },
): proto.IMessage {
  const selectedOptions = choices.map((choice) => createHash("sha256").update(choice).digest());
  const extracted = createHmac("sha256", Buffer.alloc(32)).update(secret).digest();
  const purpose = Buffer.concat([Buffer.from(`${id}${creator}${voter}Poll Vote`), Buffer.of(1)]);
  const iv = randomBytes(12);
  const voteKey = createHmac("sha256", extracted).update(purpose).digest();
  const cipher = createCipheriv("aes-256-gcm", voteKey, iv);
  cipher.setAAD(Buffer.from(`${id}\u0000${voter}`));
  const encPayload = Buffer.concat([
    cipher.update(proto.Message.PollVoteMessage.encode({ selectedOptions }).finish()),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return {
    pollUpdateMessage: {
      pollCreationMessageKey: key,
      vote: { encPayload, encIv: iv },
      senderTimestampMs: Date.now(),
    },
  };
}

export function reactionMessage(key: proto.IMessageKey, emoji: string | null): proto.IMessage {
  return { reactionMessage: { key, text: emoji ?? "", senderTimestampMs: Date.now() } };
}

export function editMessage(key: proto.IMessageKey, content: proto.IMessage): proto.IMessage {
  const { MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;
  const timestampMs = Date.now();
  return {
    editedMessage: {
      message: {
        protocolMessage: { key, type: MESSAGE_EDIT, editedMessage: content, timestampMs },
      },
    },
  };
}

export function deleteMessage(key: proto.IMessageKey): proto.IMessage {
  return { protocolMessage: { key, type: proto.Message.ProtocolMessage.Type.REVOKE } };
}
