import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { verifyXEdDsa } from "./native-curve.ts";

interface Curve {
  generateKeyPair(): { pubKey: Buffer; privKey: Buffer };
  calculateSignature(privateKey: Buffer, message: Buffer): Buffer;
}

interface PureCurve {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

const fromHere = createRequire(import.meta.url);
const fromBaileys = createRequire(fromHere.resolve("@whiskeysockets/baileys"));
const fromLibsignal = createRequire(fromBaileys.resolve("libsignal/src/curve.js"));
const curve: Curve = fromBaileys("libsignal/src/curve.js");
const pure: PureCurve = fromLibsignal("curve25519-js");

test("agrees with libsignal's own signatures, and with its pure check on damaged ones", () => {
  for (let round = 0; round < 40; round++) {
    const { pubKey, privKey } = curve.generateKeyPair();
    const message = randomBytes(round * 7);
    if (message.length === 0) continue;
    const signature = curve.calculateSignature(privKey, message);
    expect(verifyXEdDsa(pubKey, message, signature)).toBe(true);
    expect(verifyXEdDsa(pubKey.subarray(1), message, signature)).toBe(true);
    const damaged = Buffer.from(signature);
    const bit = randomBytes(2).readUInt16BE() % 512;
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(verifyXEdDsa(pubKey, message, damaged)).toBe(false);
    if (round % 10 === 1) expect(pure.verify(pubKey.subarray(1), message, damaged)).toBe(false);
    const other = Buffer.from(message);
    other[0] = (other[0] ?? 0) ^ 1;
    expect(verifyXEdDsa(pubKey, other, signature)).toBe(false);
    expect(verifyXEdDsa(curve.generateKeyPair().pubKey, message, signature)).toBe(false);
    expect(verifyXEdDsa(pubKey, message, randomBytes(64))).toBe(false);
  }
});

test.each([
  ["a key of zeros", Buffer.alloc(32), Buffer.alloc(64)],
  [
    "the key -1, which has no inverse",
    Buffer.from(`ec${"ff".repeat(30)}7f`, "hex"),
    randomBytes(64),
  ],
  ["a short signature", randomBytes(32), randomBytes(63)],
  ["a key of a strange type", Buffer.concat([Buffer.of(6), randomBytes(32)]), randomBytes(64)],
  ["an empty key", Buffer.alloc(0), randomBytes(64)],
])("says no to %s", (_name, key, signature) => {
  expect(verifyXEdDsa(key, Buffer.from("message"), signature)).toBe(false);
});
