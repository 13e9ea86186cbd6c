import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";

const PUBLIC_DER_PREFIX = Buffer.from("302a300506032b656e032100", "hex");
const PRIVATE_DER_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const DJB_TYPE = 5;
const KEY_BYTES = 32;

/** An X25519 key pair that keeps its parsed form, since parsing costs as much as an agreement. */
export class X25519KeyPair {
  readonly publicKey: Buffer;
  readonly privateKey: Buffer;
  #parsed: KeyObject | undefined;

  constructor(publicKey: Buffer, privateKey: Buffer) {
    this.publicKey = publicKey;
    this.privateKey = privateKey;
  }

  static generate(): X25519KeyPair {
    const { publicKey, privateKey } = generateKeyPairSync("x25519", {
      publicKeyEncoding: { format: "der", type: "spki" },
      privateKeyEncoding: { format: "der", type: "pkcs8" },
    });
    return new X25519KeyPair(
      Buffer.from(publicKey.subarray(-KEY_BYTES)),
      Buffer.from(privateKey.subarray(-KEY_BYTES)),
    );
  }

  /** The Diffie-Hellman secret with the owner of `theirPublicKey`; throws on a point of low order. */
  agree(theirPublicKey: Uint8Array): Buffer {
    this.#parsed ??= createPrivateKey({
      key: Buffer.concat([PRIVATE_DER_PREFIX, this.privateKey]),
      format: "der",
      type: "pkcs8",
    });
    const publicKey = createPublicKey({
      key: Buffer.concat([PUBLIC_DER_PREFIX, withoutType(theirPublicKey)]),
      format: "der",
      type: "spki",
    });
    return diffieHellman({ privateKey: this.#parsed, publicKey });
  }
}

/** The 33-byte form that Signal puts on the wire. */
export function withType(publicKey: Uint8Array): Buffer {
  return publicKey.length === KEY_BYTES + 1
    ? Buffer.from(publicKey)
    : Buffer.concat([Buffer.of(DJB_TYPE), publicKey]);
}

/** The bare 32 bytes; throws when this is no Curve25519 public key. */
export function withoutType(publicKey: Uint8Array): Uint8Array {
  if (publicKey.length === KEY_BYTES) return publicKey;
  if (publicKey.length === KEY_BYTES + 1 && publicKey[0] === DJB_TYPE) return publicKey.subarray(1);
  throw new RangeError(`not a Curve25519 public key (${publicKey.length} bytes)`);
}
