import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { type NativeCipher, nativeCipher } from "./native-cipher.ts";

const fromHere = createRequire(import.meta.url);
const fromBaileys = createRequire(fromHere.resolve("@whiskeysockets/baileys"));
// A copy of the exports: the module itself may be repaired in place by other tests.
const theirs: NativeCipher = { ...fromBaileys("libsignal/src/crypto.js") };

test("gives the same bytes as libsignal", () => {
  for (let round = 0; round < 50; round++) {
    const [key, salt, iv] = [randomBytes(32), randomBytes(32), randomBytes(16)];
    const data = randomBytes(round * 5);
    const chunks = (round % 3) + 1;
    expect(nativeCipher.calculateMAC(key, data)).toEqual(theirs.calculateMAC(key, data));
    const info = Buffer.from("WhisperMessageKeys");
    expect(nativeCipher.deriveSecrets(data, salt, info, chunks)).toEqual(
      theirs.deriveSecrets(data, salt, info, chunks),
    );
    const sealed = theirs.encrypt(key, data, iv);
    expect(nativeCipher.encrypt(key, data, iv)).toEqual(sealed);
    expect(nativeCipher.decrypt(key, sealed, iv)).toEqual(data);
  }
});

test("refuses a wrong or short code", () => {
  const [key, data] = [randomBytes(32), randomBytes(40)];
  const mac = theirs.calculateMAC(key, data).subarray(0, 8);
  expect(() => nativeCipher.verifyMAC(data, key, mac, 8)).not.toThrow();
  expect(() => nativeCipher.verifyMAC(data, key, randomBytes(8), 8)).toThrow("Bad MAC");
  expect(() => nativeCipher.verifyMAC(data, key, mac.subarray(1), 8)).toThrow("Bad MAC length");
});
