import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import { OrquestaError } from "@orquesta/core";
import { MEDIA_KINDS, type MediaKind } from "./media-kind.ts";

const BLOCK = 16;
const MAC_LENGTH = 10;

interface MediaKeys {
  readonly iv: Buffer;
  readonly cipherKey: Buffer;
  readonly macKey: Buffer;
}

function deriveKeys(mediaKey: Uint8Array, kind: MediaKind): MediaKeys {
  const bytes = Buffer.from(hkdfSync("sha256", mediaKey, "", MEDIA_KINDS[kind].info, 112));
  return {
    iv: bytes.subarray(0, 16),
    cipherKey: bytes.subarray(16, 48),
    macKey: bytes.subarray(48, 80),
  };
}

/** How long a medium gets by being encrypted. */
export function sealedLength(size: number): number {
  return size - (size % BLOCK) + BLOCK + MAC_LENGTH;
}

/** Encrypts as WhatsApp's media are: AES-256-CBC, and behind it ten bytes of an HMAC over all. */
export function mediaEncryptor(mediaKey: Uint8Array, kind: MediaKind): Transform {
  const { iv, cipherKey, macKey } = deriveKeys(mediaKey, kind);
  const cipher = createCipheriv("aes-256-cbc", cipherKey, iv);
  const mac = createHmac("sha256", macKey).update(iv);
  const sealed = (bytes: Buffer) => {
    mac.update(bytes);
    return bytes;
  };
  return new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => done(null, sealed(cipher.update(chunk))),
    flush(done) {
      this.push(sealed(cipher.final()));
      done(null, mac.digest().subarray(0, MAC_LENGTH));
    },
  });
}

/**
 * Decrypts what `mediaEncryptor` makes. It ends with MEDIA_UNREADABLE when the bytes are not those that
 * the message promised; until then it has passed on what came.
 * @param sha256 of the plain bytes; null when the message did not say
 */
export function mediaDecryptor(
  mediaKey: Uint8Array,
  kind: MediaKind,
  sha256: Uint8Array | null,
): Transform {
  const { iv, cipherKey, macKey } = deriveKeys(mediaKey, kind);
  const cipher = createDecipheriv("aes-256-cbc", cipherKey, iv);
  const mac = createHmac("sha256", macKey).update(iv);
  const hash = createHash("sha256");
  // The last bytes are the MAC; which are the last is known at the end.
  let held: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      const bytes = Buffer.concat([held, chunk]);
      const ready = bytes.subarray(0, Math.max(0, bytes.length - MAC_LENGTH));
      held = bytes.subarray(ready.length);
      mac.update(ready);
      const plain = cipher.update(ready);
      hash.update(plain);
      done(null, plain);
    },
    flush(done) {
      const expected = mac.digest().subarray(0, MAC_LENGTH);
      if (held.length !== MAC_LENGTH || !timingSafeEqual(held, expected)) {
        done(unreadable());
        return;
      }
      finish(this, done);
    },
  });

  function finish(stream: Transform, done: TransformCallback): void {
    try {
      const plain = cipher.final();
      hash.update(plain);
      stream.push(plain);
    } catch (cause) {
      done(unreadable(cause));
      return;
    }
    const isAsPromised = sha256 === null || hash.digest().equals(sha256);
    done(isAsPromised ? null : unreadable());
  }
}

function unreadable(cause?: unknown): OrquestaError {
  return new OrquestaError(
    "MEDIA_UNREADABLE",
    "the medium on WhatsApp's host is not what the message says",
    cause === undefined ? {} : { cause },
  );
}
