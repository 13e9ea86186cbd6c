import { createPublicKey, verify as verifyEd25519 } from "node:crypto";
import { Curve } from "@whiskeysockets/baileys";
import { withoutType } from "./x25519.ts";

const ED25519_DER_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const P = 2n ** 255n - 19n;
const SIGN_BIT = 0x80;

/** Signs with a Curve25519 private key. About 10 ms: the only slow thing here. */
export function signXeddsa(privateKey: Uint8Array, message: Uint8Array): Buffer {
  return Buffer.from(Curve.sign(privateKey, message));
}

/**
 * Whether the owner of this Curve25519 key signed the message.
 *
 * Done here because Baileys' own `Curve.verify` says yes to anything: the key is mapped to its
 * Edwards form (XEdDSA) and handed to the platform's Ed25519.
 */
export function verifyXeddsa(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== 64) return false;
  const sign = (signature[63] ?? 0) & SIGN_BIT;
  const bare = Buffer.from(signature);
  bare[63] = (bare[63] ?? 0) & ~SIGN_BIT;
  try {
    const key = createPublicKey({
      key: Buffer.concat([ED25519_DER_PREFIX, toEdwards(withoutType(publicKey), sign)]),
      format: "der",
      type: "spki",
    });
    return verifyEd25519(null, message, key, bare);
  } catch {
    return false;
  }
}

function toEdwards(montgomery: Uint8Array, sign: number): Buffer {
  const u = BigInt(`0x${Buffer.from(montgomery).reverse().toString("hex")}`) % 2n ** 255n;
  const y = mod((u - 1n) * power(u + 1n, P - 2n));
  const bytes = Buffer.from(y.toString(16).padStart(64, "0"), "hex").reverse();
  bytes[31] = (bytes[31] ?? 0) | sign;
  return bytes;
}

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = mod(base);
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}
