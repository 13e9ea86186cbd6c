import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
  randomInt,
} from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import { derive } from "./key-derivation.ts";
import { MessageChain } from "./message-chain.ts";
import { SignalError } from "./signal-error.ts";
import { VERSION_BYTE } from "./whisper-message.ts";
import { withType, X25519KeyPair } from "./x25519.ts";
import { signXeddsa, verifyXeddsa } from "./xeddsa.ts";

const SIGNATURE_BYTES = 64;

/** The key with which one device writes to a group. */
export class OwnSenderKey {
  readonly #id = randomInt(1, 2 ** 31);
  readonly #signing = X25519KeyPair.generate();
  readonly #chain = new MessageChain(randomBytes(32));

  /** What every member must get (encrypted for it alone) before it can read the next message. */
  distribution(): Buffer {
    const body = proto.SenderKeyDistributionMessage.encode({
      id: this.#id,
      iteration: this.#chain.next,
      chainKey: this.#chain.key,
      signingKey: withType(this.#signing.publicKey),
    }).finish();
    return Buffer.concat([Buffer.of(VERSION_BYTE), body]);
  }

  encrypt(plaintext: Uint8Array): Buffer {
    const { counter, seed } = this.#chain.advance();
    const { iv, key } = cipherOf(seed);
    const cipher = createCipheriv("aes-256-cbc", key, iv);
    const body = proto.SenderKeyMessage.encode({
      id: this.#id,
      iteration: counter,
      ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]),
    }).finish();
    const signed = Buffer.concat([Buffer.of(VERSION_BYTE), body]);
    return Buffer.concat([signed, signXeddsa(this.#signing.privateKey, signed)]);
  }
}

/** The sender keys that a device got from others, by group and sender. */
export class SenderKeyring {
  readonly #keys = new Map<string, { id: number; signing: Buffer; chain: MessageChain }[]>();

  learn(group: string, sender: string, distribution: Uint8Array): void {
    const { id, iteration, chainKey, signingKey } = proto.SenderKeyDistributionMessage.decode(
      distribution.subarray(1),
    );
    if (!chainKey || !signingKey) throw new SignalError("malformed", "sender key without its key");
    const known = this.#keys.get(`${group}|${sender}`) ?? [];
    // The same key again (a redelivery) must not make old counters readable again.
    if (known.some((key) => key.id === id && key.chain.next >= (iteration ?? 0))) return;
    const chain = new MessageChain(Buffer.from(chainKey), iteration ?? 0);
    const entry = { id: id ?? 0, signing: withType(signingKey), chain };
    const others = known.filter((key) => key.id !== id);
    this.#keys.set(`${group}|${sender}`, [entry, ...others].slice(0, 5));
  }

  decrypt(group: string, sender: string, bytes: Uint8Array): Buffer {
    const signed = bytes.subarray(0, -SIGNATURE_BYTES);
    const { id, iteration, ciphertext } = proto.SenderKeyMessage.decode(signed.subarray(1));
    const entry = this.#keys.get(`${group}|${sender}`)?.find((key) => key.id === id);
    if (!entry) throw new SignalError("no_sender_key", `no sender key ${id ?? 0}`);
    if (!ciphertext) throw new SignalError("malformed", "group message without ciphertext");
    if (!verifyXeddsa(entry.signing, signed, bytes.subarray(-SIGNATURE_BYTES))) {
      throw new SignalError("bad_signature");
    }
    const reserved = entry.chain.reserve(iteration ?? 0);
    const { iv, key } = cipherOf(reserved.seed);
    const decipher = createDecipheriv("aes-256-cbc", key, iv);
    const plaintext = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    reserved.commit();
    return plaintext;
  }
}

function cipherOf(seed: Buffer): { iv: Buffer; key: KeyObject } {
  const bytes = derive(seed, "WhisperGroup", 48);
  return { iv: bytes.subarray(0, 16), key: createSecretKey(bytes.subarray(16)) };
}
