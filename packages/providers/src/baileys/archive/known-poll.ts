import { createDecipheriv, createHash, createHmac } from "node:crypto";
import type { proto } from "@whiskeysockets/baileys";

/** What has to be known of a poll to read the votes in it. */
export interface KnownPoll {
  /** Addresses of whoever made it, without device. */
  readonly creators: readonly string[];
  readonly options: readonly string[];
  readonly secret: Uint8Array;
}

const TAG_LENGTH = 16;

/** The poll in a message; null when there is none, or none whose votes could be read. */
export function pollIn(message: proto.IMessage, creators: readonly string[]): KnownPoll | null {
  const poll = pollCreationOf(message);
  const secret = message.messageContextInfo?.messageSecret ?? poll?.encKey;
  if (!poll || !secret?.length) return null;
  return { creators, options: optionsOf(poll), secret };
}

export function pollCreationOf(message: proto.IMessage): proto.Message.IPollCreationMessage | null {
  return (
    message.pollCreationMessage ??
    message.pollCreationMessageV2 ??
    message.pollCreationMessageV3 ??
    message.pollCreationMessageV5 ??
    null
  );
}

export function optionsOf(poll: proto.Message.IPollCreationMessage): string[] {
  return (poll.options ?? []).map(({ optionName }) => optionName ?? "");
}

export function toStoredPoll({ creators, options, secret }: KnownPoll): object {
  return { creators, options, secret: Buffer.from(secret).toString("base64") };
}

/** Parser of a stored row. */
export function toKnownPoll(stored: unknown): KnownPoll | null {
  if (typeof stored !== "object" || stored === null) return null;
  const { creators, options, secret } = stored as Record<string, unknown>;
  if (!isTexts(creators) || !isTexts(options) || typeof secret !== "string") return null;
  return { creators, options, secret: Buffer.from(secret, "base64") };
}

/**
 * Reads a vote: the options that the voter has chosen now. Null when it is none of this poll.
 *
 * The key is made of the addresses of both, in the form that the voter's device used, phone or LID.
 * That form is nowhere said, so all are tried: the cipher tells the right one.
 * @param voters addresses of the voter
 */
export function readVote(
  poll: KnownPoll,
  pollId: string,
  voters: readonly string[],
  { encPayload, encIv }: proto.Message.IPollEncValue,
  decode: (bytes: Uint8Array) => proto.Message.IPollVoteMessage,
): string[] | null {
  if (!encPayload || !encIv || encPayload.length < TAG_LENGTH) return null;
  for (const creator of poll.creators) {
    for (const voter of voters) {
      const key = voteKey(poll.secret, pollId, creator, voter);
      const plain = open(key, encIv, encPayload, `${pollId}\u0000${voter}`);
      if (plain !== null) return chosenOptions(poll, decode(plain));
    }
  }
  return null;
}

/** HKDF of RFC 5869 without salt, as WhatsApp does it for everything that hangs on a message. */
function voteKey(secret: Uint8Array, pollId: string, creator: string, voter: string): Buffer {
  const extracted = createHmac("sha256", Buffer.alloc(32)).update(secret).digest();
  const purpose = `${pollId}${creator}${voter}Poll Vote`;
  return createHmac("sha256", extracted).update(purpose).update(Buffer.of(1)).digest();
}

function open(key: Buffer, iv: Uint8Array, sealed: Uint8Array, about: string): Buffer | null {
  try {
    const cipher = createDecipheriv("aes-256-gcm", key, iv);
    cipher.setAAD(Buffer.from(about));
    cipher.setAuthTag(sealed.subarray(sealed.length - TAG_LENGTH));
    const body = sealed.subarray(0, sealed.length - TAG_LENGTH);
    return Buffer.concat([cipher.update(body), cipher.final()]);
  } catch {
    return null;
  }
}

/** Votes name options by their hashes; what is no option of the poll is left out. */
function chosenOptions({ options }: KnownPoll, vote: proto.Message.IPollVoteMessage): string[] {
  const chosen = new Set(
    (vote.selectedOptions ?? []).map((hash) => Buffer.from(hash).toString("hex")),
  );
  return options.filter((option) => chosen.has(createHash("sha256").update(option).digest("hex")));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
