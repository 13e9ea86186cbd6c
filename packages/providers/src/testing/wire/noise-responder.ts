import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
} from "node:crypto";
import { aesDecryptGCM, aesEncryptGCM, NOISE_MODE, proto } from "@whiskeysockets/baileys";
import { derive } from "../signal/key-derivation.ts";
import { X25519KeyPair } from "../signal/x25519.ts";
import type { ServerCertificate } from "./certificate-chain.ts";

const NO_BYTES = Buffer.alloc(0);
const TAG_BYTES = 16;

/** What the client proved and said at the end of the handshake. */
export interface NoiseClient {
  readonly noiseKey: Buffer;
  readonly payload: proto.ClientPayload;
  readonly cipher: TransportCipher;
}

/** The AES-GCM ciphers of both directions after the handshake. */
export class TransportCipher {
  readonly #receiveKey: KeyObject;
  readonly #sendKey: KeyObject;
  #received = 0;
  #sent = 0;

  constructor(receiveKey: Buffer, sendKey: Buffer) {
    // Wrapped once: Node takes several times as long with a bare buffer as the key.
    this.#receiveKey = createSecretKey(receiveKey);
    this.#sendKey = createSecretKey(sendKey);
  }

  encrypt(plaintext: Uint8Array): Buffer {
    const cipher = createCipheriv("aes-256-gcm", this.#sendKey, nonce(this.#sent++));
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  decrypt(sealed: Uint8Array): Buffer {
    const decipher = createDecipheriv("aes-256-gcm", this.#receiveKey, nonce(this.#received++));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  }
}

/** The server's side of Noise_XX_25519_AESGCM_SHA256, as WhatsApp speaks it. */
export class NoiseResponder {
  readonly #certificate: ServerCertificate;
  readonly #ephemeral = X25519KeyPair.generate();
  #hash: Buffer = Buffer.from(NOISE_MODE);
  #salt: Buffer = this.#hash;
  #key: Buffer = this.#hash;
  #counter = 0;

  constructor(certificate: ServerCertificate) {
    this.#certificate = certificate;
  }

  /** Takes the client's hello and gives the server's. Throws when it is no hello. */
  answerHello(intro: Uint8Array, hello: Uint8Array): Uint8Array {
    const clientEphemeral = proto.HandshakeMessage.decode(hello).clientHello?.ephemeral;
    if (clientEphemeral?.length !== 32) throw new Error("no client hello");
    this.#authenticate(intro);
    this.#authenticate(clientEphemeral);
    this.#authenticate(this.#ephemeral.publicKey);
    this.#mix(this.#ephemeral.agree(clientEphemeral));
    const staticKey = this.#encrypt(this.#certificate.staticKeys.publicKey);
    this.#mix(this.#certificate.staticKeys.agree(clientEphemeral));
    const payload = this.#encrypt(this.#certificate.chain);
    return proto.HandshakeMessage.encode({
      serverHello: { ephemeral: this.#ephemeral.publicKey, static: staticKey, payload },
    }).finish();
  }

  /** Takes the client's finish. Throws when it was not made by who said hello. */
  finish(message: Uint8Array): NoiseClient {
    const finish = proto.HandshakeMessage.decode(message).clientFinish;
    if (!finish?.static || !finish.payload) throw new Error("no client finish");
    const noiseKey = this.#decrypt(finish.static);
    this.#mix(this.#ephemeral.agree(noiseKey));
    const payload = proto.ClientPayload.decode(this.#decrypt(finish.payload));
    const keys = derive(NO_BYTES, "", 64, this.#salt);
    const cipher = new TransportCipher(keys.subarray(0, 32), keys.subarray(32));
    return { noiseKey, payload, cipher };
  }

  #authenticate(bytes: Uint8Array): void {
    this.#hash = createHash("sha256").update(this.#hash).update(bytes).digest();
  }

  #mix(secret: Buffer): void {
    const keys = derive(secret, "", 64, this.#salt);
    this.#salt = keys.subarray(0, 32);
    this.#key = keys.subarray(32);
    this.#counter = 0;
  }

  #encrypt(plaintext: Uint8Array): Buffer {
    const bytes = aesEncryptGCM(plaintext, this.#key, nonce(this.#counter++), this.#hash);
    this.#authenticate(bytes);
    return bytes;
  }

  #decrypt(ciphertext: Uint8Array): Buffer {
    const bytes = aesDecryptGCM(ciphertext, this.#key, nonce(this.#counter++), this.#hash);
    this.#authenticate(ciphertext);
    return bytes;
  }
}

function nonce(counter: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(counter, 8);
  return bytes;
}
