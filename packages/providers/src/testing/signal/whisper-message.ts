import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import { derive, hmac } from "./key-derivation.ts";
import { SignalError } from "./signal-error.ts";
import { withType } from "./x25519.ts";

export const VERSION_BYTE = 0x33;
const MAC_BYTES = 8;

export interface WhisperMessage {
  readonly ratchetKey: Buffer;
  readonly counter: number;
  readonly previousCounter: number;
  readonly ciphertext: Uint8Array;
  /** The bytes under the MAC, and the MAC. */
  readonly signed: Buffer;
  readonly mac: Buffer;
}

export interface PrekeyWhisperMessage {
  readonly registrationId: number;
  readonly prekeyId: number | null;
  readonly signedPrekeyId: number;
  readonly baseKey: Buffer;
  readonly identityKey: Buffer;
  readonly message: Buffer;
}

interface Parties {
  readonly senderIdentity: Uint8Array;
  readonly receiverIdentity: Uint8Array;
}

/** Encrypts and seals one message with the key of its counter. */
export function sealWhisper(
  seed: Buffer,
  plaintext: Uint8Array,
  header: { ratchetKey: Uint8Array; counter: number; previousCounter: number },
  parties: Parties,
): Buffer {
  const keys = messageKeys(seed);
  const cipher = createCipheriv("aes-256-cbc", keys.cipher, keys.iv);
  const body = proto.SignalMessage.encode({
    ratchetKey: withType(header.ratchetKey),
    counter: header.counter,
    previousCounter: header.previousCounter,
    ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]),
  }).finish();
  const signed = Buffer.concat([Buffer.of(VERSION_BYTE), body]);
  return Buffer.concat([signed, macOf(keys.mac, signed, parties)]);
}

/** Checks the MAC and decrypts. */
export function openWhisper(seed: Buffer, message: WhisperMessage, parties: Parties): Buffer {
  const keys = messageKeys(seed);
  if (!timingSafeEqual(macOf(keys.mac, message.signed, parties), message.mac)) {
    throw new SignalError("bad_mac");
  }
  const decipher = createDecipheriv("aes-256-cbc", keys.cipher, keys.iv);
  return Buffer.concat([decipher.update(message.ciphertext), decipher.final()]);
}

export function parseWhisper(bytes: Uint8Array): WhisperMessage {
  if (bytes.length <= MAC_BYTES + 1) throw new SignalError("malformed", "message too short");
  const signed = Buffer.from(bytes.subarray(0, -MAC_BYTES));
  const decoded = decodeAs(bytes, () => proto.SignalMessage.decode(signed.subarray(1)));
  const { ratchetKey, counter, previousCounter, ciphertext } = decoded;
  if (!ratchetKey || !ciphertext) throw new SignalError("malformed", "message without its fields");
  return {
    ratchetKey: withType(ratchetKey),
    counter: counter ?? 0,
    previousCounter: previousCounter ?? 0,
    ciphertext,
    signed,
    mac: Buffer.from(bytes.subarray(-MAC_BYTES)),
  };
}

export function parsePrekeyWhisper(bytes: Uint8Array): PrekeyWhisperMessage {
  const decoded = decodeAs(bytes, () => proto.PreKeySignalMessage.decode(bytes.subarray(1)));
  const { baseKey, identityKey, message, signedPreKeyId, registrationId } = decoded;
  if (!baseKey || !identityKey || !message) {
    throw new SignalError("malformed", "prekey message without its fields");
  }
  return {
    registrationId: registrationId ?? 0,
    // protobuf cannot tell an absent id from 0; WhatsApp counts from 1, so 0 means "none".
    prekeyId: decoded.preKeyId || null,
    signedPrekeyId: signedPreKeyId ?? 0,
    baseKey: withType(baseKey),
    identityKey: withType(identityKey),
    message: Buffer.from(message),
  };
}

export function serializePrekeyWhisper(message: PrekeyWhisperMessage): Buffer {
  const body = proto.PreKeySignalMessage.encode({
    registrationId: message.registrationId,
    ...(message.prekeyId === null ? {} : { preKeyId: message.prekeyId }),
    signedPreKeyId: message.signedPrekeyId,
    baseKey: message.baseKey,
    identityKey: message.identityKey,
    message: message.message,
  }).finish();
  return Buffer.concat([Buffer.of(VERSION_BYTE), body]);
}

function decodeAs<T>(bytes: Uint8Array, decode: () => T): T {
  if (bytes[0] !== VERSION_BYTE) {
    throw new SignalError("malformed", `unsupported version byte ${bytes[0] ?? "(none)"}`);
  }
  try {
    return decode();
  } catch (cause) {
    throw new SignalError("malformed", "not a protobuf", { cause });
  }
}

function messageKeys(seed: Buffer): { cipher: KeyObject; mac: Buffer; iv: Buffer } {
  const bytes = derive(seed, "WhisperMessageKeys", 80);
  const cipher = createSecretKey(bytes.subarray(0, 32));
  return { cipher, mac: bytes.subarray(32, 64), iv: bytes.subarray(64) };
}

function macOf(key: Buffer, signed: Buffer, parties: Parties): Buffer {
  const input = Buffer.concat([
    withType(parties.senderIdentity),
    withType(parties.receiverIdentity),
    signed,
  ]);
  return hmac(key, input).subarray(0, MAC_BYTES);
}
