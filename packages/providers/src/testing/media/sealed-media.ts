import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";

export type SealedMediaKind = "audio" | "document" | "image" | "sticker" | "video";

const INFO: Readonly<Record<SealedMediaKind | "history", string>> = {
  image: "WhatsApp Image Keys",
  sticker: "WhatsApp Image Keys",
  video: "WhatsApp Video Keys",
  audio: "WhatsApp Audio Keys",
  document: "WhatsApp Document Keys",
  history: "WhatsApp History Keys",
};
const MAC_LENGTH = 10;

/** A medium as clients encrypt it, with what its message says of it. */
export interface SealedMedia {
  readonly bytes: Buffer;
  readonly mediaKey: Buffer;
  readonly fileSha256: Buffer;
  readonly fileEncSha256: Buffer;
  readonly fileLength: number;
}

export function sealMedia(plain: Uint8Array, kind: keyof typeof INFO): SealedMedia {
  const mediaKey = randomBytes(32);
  const { iv, cipherKey, macKey } = keysOf(mediaKey, kind);
  const cipher = createCipheriv("aes-256-cbc", cipherKey, iv);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  const bytes = Buffer.concat([body, macOf(macKey, iv, body)]);
  return {
    bytes,
    mediaKey,
    fileSha256: sha256(plain),
    fileEncSha256: sha256(bytes),
    fileLength: plain.length,
  };
}

/** Decrypts, and refuses what a phone would refuse. */
export function openMedia(
  bytes: Uint8Array,
  kind: SealedMediaKind,
  promised: Omit<SealedMedia, "bytes">,
): Buffer {
  const { iv, cipherKey, macKey } = keysOf(promised.mediaKey, kind);
  const body = bytes.subarray(0, bytes.length - MAC_LENGTH);
  const mac = bytes.subarray(bytes.length - MAC_LENGTH);
  if (!sha256(bytes).equals(promised.fileEncSha256)) throw refused("not the encrypted bytes");
  if (!macOf(macKey, iv, body).equals(mac)) throw refused("its MAC does not hold");
  const cipher = createDecipheriv("aes-256-cbc", cipherKey, iv);
  const plain = Buffer.concat([cipher.update(body), cipher.final()]);
  if (!sha256(plain).equals(promised.fileSha256)) throw refused("not the plain bytes");
  if (plain.length !== promised.fileLength) throw refused("not as long as it says");
  return plain;
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function keysOf(mediaKey: Uint8Array, kind: keyof typeof INFO) {
  const bytes = Buffer.from(hkdfSync("sha256", mediaKey, "", INFO[kind], 112));
  return {
    iv: bytes.subarray(0, 16),
    cipherKey: bytes.subarray(16, 48),
    macKey: bytes.subarray(48, 80),
  };
}

function macOf(macKey: Buffer, iv: Buffer, body: Uint8Array): Buffer {
  return createHmac("sha256", macKey).update(iv).update(body).digest().subarray(0, MAC_LENGTH);
}

function refused(why: string): FakeWhatsAppError {
  return new FakeWhatsAppError("MEDIA_REFUSED", `the medium is not what its message says: ${why}`);
}
