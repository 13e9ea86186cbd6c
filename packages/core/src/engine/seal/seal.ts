import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from "node:crypto";
import { OrquestaError } from "../error/orquesta-error.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Random bytes are drawn for many nonces at once: a system call each would cost more than the cipher. */
const NONCE_POOL = NONCE_BYTES * 256;

/**
 * Seals secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key derived from the configured one.
 * `place` says what a value is and where it belongs, such as `session-key/<instance>/creds/1`; a
 * value moved to another place does not open.
 */
export class Seal {
  readonly #key: KeyObject;
  readonly #nonces = new Uint8Array(NONCE_POOL);
  #nextNonce = NONCE_POOL;

  /** @param secret at least 32 bytes of randomness @throws CONFIGURATION_INVALID */
  constructor(secret: Uint8Array) {
    if (secret.length < 32) {
      throw new OrquestaError("CONFIGURATION_INVALID", "the secret needs at least 32 bytes");
    }
    this.#key = createSecretKey(
      Buffer.from(hkdfSync("sha256", secret, new Uint8Array(), "orquesta seal v1", 32)),
    );
  }

  seal(plain: Uint8Array, place: string): Uint8Array {
    const nonce = this.#drawNonce();
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    cipher.setAAD(Buffer.from(place));
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws SESSION_KEYS_UNREADABLE when the value was sealed with another secret or was changed */
  open(sealed: Uint8Array, place: string): Uint8Array {
    try {
      const end = sealed.length - TAG_BYTES;
      const decipher = createDecipheriv("aes-256-gcm", this.#key, sealed.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(sealed.subarray(end));
      const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
      decipher.final();
      return plain;
    } catch (cause) {
      throw new OrquestaError(
        "SESSION_KEYS_UNREADABLE",
        "a stored secret cannot be opened: the database was sealed with another secret",
        { cause },
      );
    }
  }

  sealText(plain: string, place: string): Uint8Array {
    return this.seal(Buffer.from(plain), place);
  }

  openText(sealed: Uint8Array, place: string): string {
    return Buffer.from(this.open(sealed, place)).toString();
  }

  /** Proves later that a text is ours (HMAC-SHA-256), for one purpose and no other. */
  sign(text: string, purpose: string): Buffer {
    const key = hkdfSync("sha256", this.#key, new Uint8Array(), `orquesta ${purpose} v1`, 32);
    return createHmac("sha256", Buffer.from(key)).update(text).digest();
  }

  #drawNonce(): Uint8Array {
    if (this.#nextNonce >= NONCE_POOL) {
      randomFillSync(this.#nonces);
      this.#nextNonce = 0;
    }
    const nonce = this.#nonces.slice(this.#nextNonce, this.#nextNonce + NONCE_BYTES);
    this.#nextNonce += NONCE_BYTES;
    return nonce;
  }
}
