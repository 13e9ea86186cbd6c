import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { BoundedMap } from "../shared/bounded-map/bounded-map.ts";

/**
 * XEdDSA verification on node:crypto.
 *
 * Why: Baileys' `Curve.verify` says yes to every signature of 64 bytes, because libsignal answers
 * with a boolean and Baileys waits for an exception; so neither the certificate of the server nor the
 * account signature at pairing is checked. And libsignal's own check is pure JavaScript: 15 ms each,
 * once per group message. Here: the Montgomery key becomes an Edwards key (the sign comes with the
 * signature), and OpenSSL's Ed25519 verifies in about 0.1 ms.
 *
 * Key agreement needs nothing: libsignal 6 already asks node:crypto for X25519.
 */
const P = 2n ** 255n - 19n;
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const SIGN_BIT = 0x80;

/** Converted keys: a root key, an account or a group sender comes back again and again. */
const converted = new BoundedMap<string, KeyObject>(512);

/**
 * @param publicKey Montgomery form, 32 bytes, or 33 with Signal's type byte 5 in front
 * @returns false for whatever is not a valid signature, malformed input included
 */
export function verifyXEdDsa(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = withoutTypeByte(publicKey);
  if (key === null || signature.length !== 64) return false;
  try {
    const bytes = Buffer.from(signature);
    const signBit = (bytes[63] ?? 0) & SIGN_BIT;
    bytes[63] = (bytes[63] ?? 0) & ~SIGN_BIT;
    return verify(null, message, edwardsKey(key, signBit), bytes);
  } catch {
    // OpenSSL throws for a key that is no point of the curve.
    return false;
  }
}

function withoutTypeByte(key: Uint8Array): Uint8Array | null {
  if (key.length === 32) return key;
  return key.length === 33 && key[0] === 5 ? key.subarray(1) : null;
}

function edwardsKey(montgomery: Uint8Array, signBit: number): KeyObject {
  const id = Buffer.from(montgomery).toString("latin1") + (signBit === 0 ? "+" : "-");
  const known = converted.get(id);
  if (known !== undefined) return known;
  const point = toEdwards(montgomery);
  point[31] = (point[31] ?? 0) | signBit;
  const key = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, point]),
    format: "der",
    type: "spki",
  });
  converted.set(id, key);
  return key;
}

/** y = (u - 1) / (u + 1) mod p, little endian. */
function toEdwards(montgomery: Uint8Array): Buffer {
  const bytes = Buffer.from(montgomery).reverse();
  bytes[0] = (bytes[0] ?? 0) & ~SIGN_BIT;
  const u = BigInt(`0x${bytes.toString("hex")}`) % P;
  const y = modulo((u - 1n) * inverse(modulo(u + 1n)));
  return Buffer.from(y.toString(16).padStart(64, "0"), "hex").reverse();
}

function modulo(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

/** Extended Euclid. Nothing here is secret, so its running time may depend on the input. */
function inverse(value: bigint): bigint {
  let [low, high] = [value, P];
  let [x, y] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high % low, low];
    [x, y] = [y - quotient * x, x];
  }
  return low === 0n ? 0n : modulo(x);
}
