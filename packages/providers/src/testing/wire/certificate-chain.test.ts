import { proto } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { X25519KeyPair } from "../signal/x25519.ts";
import { signXeddsa, verifyXeddsa } from "../signal/xeddsa.ts";
import { createServerCertificate } from "./certificate-chain.ts";

const { NoiseCertificate } = proto.CertChain;

test("the root signs the intermediate, which signs the leaf, which holds the server's key", () => {
  const { chain, rootKey, staticKeys } = createServerCertificate();
  const { intermediate, leaf } = proto.CertChain.decode(chain);
  const [middle, last] = [intermediate, leaf].map((certificate) => ({
    bytes: certificate?.details ?? Buffer.alloc(0),
    details: NoiseCertificate.Details.decode(certificate?.details ?? Buffer.alloc(0)),
    signature: certificate?.signature ?? Buffer.alloc(0),
  }));
  if (!middle || !last) throw new Error("no certificates");
  const middleKey = middle.details.key ?? Buffer.alloc(0);
  expect(middle.details.issuerSerial).toBe(0);
  expect(Buffer.from(last.details.key ?? [])).toEqual(staticKeys.publicKey);
  expect(verifyXeddsa(rootKey, middle.bytes, middle.signature)).toBe(true);
  expect(verifyXeddsa(middleKey, last.bytes, last.signature)).toBe(true);

  const other = createServerCertificate();
  expect(verifyXeddsa(other.rootKey, middle.bytes, middle.signature)).toBe(false);
  expect(verifyXeddsa(rootKey, last.bytes, last.signature)).toBe(false);
});

test("a signature holds for its key and message only", () => {
  for (let round = 0; round < 8; round += 1) {
    const keys = X25519KeyPair.generate();
    const message = Buffer.from(`message ${round}`);
    const signature = signXeddsa(keys.privateKey, message);
    expect(verifyXeddsa(keys.publicKey, message, signature)).toBe(true);
    expect(verifyXeddsa(keys.publicKey, Buffer.from("another"), signature)).toBe(false);
    expect(verifyXeddsa(X25519KeyPair.generate().publicKey, message, signature)).toBe(false);
    const forged = Buffer.from(signature);
    forged.writeUInt8(forged.readUInt8(5) ^ 1, 5);
    expect(verifyXeddsa(keys.publicKey, message, forged)).toBe(false);
    expect(verifyXeddsa(keys.publicKey, message, signature.subarray(1))).toBe(false);
  }
});
