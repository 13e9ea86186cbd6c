import { derive } from "./key-derivation.ts";
import { MessageChain } from "./message-chain.ts";
import type { PrekeyBundle } from "./prekey-bundle.ts";
import { SignalError } from "./signal-error.ts";
import {
  openWhisper,
  type PrekeyWhisperMessage,
  parseWhisper,
  sealWhisper,
  serializePrekeyWhisper,
} from "./whisper-message.ts";
import { withType, X25519KeyPair } from "./x25519.ts";
import { verifyXeddsa } from "./xeddsa.ts";

const KEEP_RECEIVING_CHAINS = 5;

export interface SealedMessage {
  readonly type: "msg" | "pkmsg";
  readonly ciphertext: Buffer;
}

export interface LocalIdentity {
  readonly keys: X25519KeyPair;
  readonly registrationId: number;
}

type PendingPrekey = Omit<PrekeyWhisperMessage, "message">;

/**
 * One Double Ratchet session with one device.
 *
 * Written here rather than taken from the library that Baileys uses: two implementations that
 * agree prove more than one that agrees with itself, a message that fails leaves the session
 * untouched, and nothing is printed (the library prints whole sessions, keys included).
 */
export class SignalSession {
  readonly baseKey: Buffer;
  readonly #local: LocalIdentity;
  readonly #theirIdentity: Buffer;
  readonly #receiving = new Map<string, MessageChain>();
  #rootKey: Buffer;
  #ratchet: X25519KeyPair;
  #sending: MessageChain | null = null;
  #previousCounter = 0;
  #pending: PendingPrekey | null = null;

  private constructor(
    local: LocalIdentity,
    theirIdentity: Buffer,
    baseKey: Buffer,
    rootKey: Buffer,
    ratchet: X25519KeyPair,
  ) {
    this.#local = local;
    this.#theirIdentity = theirIdentity;
    this.baseKey = baseKey;
    this.#rootKey = rootKey;
    this.#ratchet = ratchet;
  }

  /** Starts a session from somebody's bundle (X3DH, the side that writes first). */
  static initiate(local: LocalIdentity, bundle: PrekeyBundle): SignalSession {
    const { signedPrekey, prekey } = bundle;
    const theirIdentity = withType(bundle.identityKey);
    const theirSigned = withType(signedPrekey.publicKey);
    if (!verifyXeddsa(theirIdentity, theirSigned, signedPrekey.signature)) {
      throw new SignalError("bad_signature", "the signed prekey is not signed by its owner");
    }
    const base = X25519KeyPair.generate();
    const secrets = [
      local.keys.agree(theirSigned),
      base.agree(theirIdentity),
      base.agree(theirSigned),
      ...(prekey ? [base.agree(prekey.publicKey)] : []),
    ];
    const ratchet = X25519KeyPair.generate();
    const baseKey = withType(base.publicKey);
    const session = new SignalSession(local, theirIdentity, baseKey, master(secrets), ratchet);
    session.#sending = session.#stepRoot(ratchet, theirSigned);
    session.#pending = {
      registrationId: local.registrationId,
      prekeyId: prekey?.id ?? null,
      signedPrekeyId: signedPrekey.id,
      baseKey,
      identityKey: withType(local.keys.publicKey),
    };
    return session;
  }

  /** Answers somebody's first message (X3DH, the side that published the bundle). */
  static accept(
    local: LocalIdentity,
    first: PrekeyWhisperMessage,
    signedPrekey: X25519KeyPair,
    prekey: X25519KeyPair | null,
  ): SignalSession {
    const secrets = [
      signedPrekey.agree(first.identityKey),
      local.keys.agree(first.baseKey),
      signedPrekey.agree(first.baseKey),
      ...(prekey ? [prekey.agree(first.baseKey)] : []),
    ];
    return new SignalSession(
      local,
      first.identityKey,
      first.baseKey,
      master(secrets),
      signedPrekey,
    );
  }

  encrypt(plaintext: Uint8Array): SealedMessage {
    if (!this.#sending) throw new SignalError("no_session", "nothing was received on it yet");
    const { counter, seed } = this.#sending.advance();
    const header = {
      ratchetKey: this.#ratchet.publicKey,
      counter,
      previousCounter: this.#previousCounter,
    };
    const message = sealWhisper(seed, plaintext, header, {
      senderIdentity: this.#local.keys.publicKey,
      receiverIdentity: this.#theirIdentity,
    });
    if (!this.#pending) return { type: "msg", ciphertext: message };
    return { type: "pkmsg", ciphertext: serializePrekeyWhisper({ ...this.#pending, message }) };
  }

  /** Throws and changes nothing when the message is not for this session, or was seen before. */
  decrypt(bytes: Uint8Array): Buffer {
    const message = parseWhisper(bytes);
    const known = this.#receiving.get(message.ratchetKey.toString("base64"));
    const step = known ? null : this.#planStep(message.ratchetKey);
    const chain = known ?? step?.chain;
    if (!chain) throw new SignalError("bad_mac", "no chain for this ratchet key");
    const reserved = chain.reserve(message.counter);
    const plaintext = openWhisper(reserved.seed, message, {
      senderIdentity: this.#theirIdentity,
      receiverIdentity: this.#local.keys.publicKey,
    });
    reserved.commit();
    if (step) this.#commitStep(message.ratchetKey, step);
    this.#pending = null;
    return plaintext;
  }

  #planStep(theirRatchetKey: Buffer): { rootKey: Buffer; chain: MessageChain } {
    const bytes = derive(this.#ratchet.agree(theirRatchetKey), "WhisperRatchet", 64, this.#rootKey);
    return { rootKey: bytes.subarray(0, 32), chain: new MessageChain(bytes.subarray(32)) };
  }

  #commitStep(theirRatchetKey: Buffer, step: { rootKey: Buffer; chain: MessageChain }): void {
    this.#receiving.set(theirRatchetKey.toString("base64"), step.chain);
    for (const oldest of this.#receiving.keys()) {
      if (this.#receiving.size <= KEEP_RECEIVING_CHAINS) break;
      this.#receiving.delete(oldest);
    }
    this.#rootKey = step.rootKey;
    this.#previousCounter = Math.max((this.#sending?.next ?? 0) - 1, 0);
    this.#ratchet = X25519KeyPair.generate();
    this.#sending = this.#stepRoot(this.#ratchet, theirRatchetKey);
  }

  #stepRoot(ratchet: X25519KeyPair, theirKey: Uint8Array): MessageChain {
    const bytes = derive(ratchet.agree(theirKey), "WhisperRatchet", 64, this.#rootKey);
    this.#rootKey = bytes.subarray(0, 32);
    return new MessageChain(bytes.subarray(32));
  }
}

function master(secrets: readonly Buffer[]): Buffer {
  const input = Buffer.concat([Buffer.alloc(32, 0xff), ...secrets]);
  return derive(input, "WhisperText", 32);
}
