import { randomInt } from "node:crypto";
import type { PrekeyBundle } from "./prekey-bundle.ts";
import { SignalError } from "./signal-error.ts";
import { type SealedMessage, SignalSession } from "./signal-session.ts";
import { parsePrekeyWhisper } from "./whisper-message.ts";
import { withType, X25519KeyPair } from "./x25519.ts";
import { signXeddsa } from "./xeddsa.ts";

const SESSIONS_PER_DEVICE = 5;
const SIGNED_PREKEY_ID = 1;

/** A device's keys and its sessions with other devices: what a real phone keeps in its key store. */
export class SignalIdentity {
  readonly keys = X25519KeyPair.generate();
  readonly registrationId = randomInt(1, 16_380);
  /** By address ("number:device"), the session to write on first. */
  readonly #sessions = new Map<string, SignalSession[]>();
  readonly #prekeys = new Map<number, X25519KeyPair>();
  #nextPrekeyId = 1;
  #signedPrekey: { readonly keys: X25519KeyPair; readonly signature: Buffer } | null = null;

  /** A bundle with a one-time prekey that nobody else gets. */
  mintBundle(): PrekeyBundle {
    const signed = this.#signed();
    const id = this.#nextPrekeyId;
    this.#nextPrekeyId += 1;
    const prekey = X25519KeyPair.generate();
    this.#prekeys.set(id, prekey);
    return {
      registrationId: this.registrationId,
      identityKey: this.keys.publicKey,
      signedPrekey: {
        id: SIGNED_PREKEY_ID,
        publicKey: signed.keys.publicKey,
        signature: signed.signature,
      },
      prekey: { id, publicKey: prekey.publicKey },
    };
  }

  /** Encrypts for a device; `fetchBundle` is only called when there is no session with it. */
  encrypt(address: string, plaintext: Uint8Array, fetchBundle: () => PrekeyBundle): SealedMessage {
    const session = this.#sessions.get(address)?.[0] ?? this.startSession(address, fetchBundle());
    return session.encrypt(plaintext);
  }

  /** Opens a new session, which is the one used from now on; older ones still decrypt. */
  startSession(address: string, bundle: PrekeyBundle): SignalSession {
    const session = SignalSession.initiate(this, bundle);
    this.#prefer(address, session);
    return session;
  }

  forgetSessions(address: string): void {
    this.#sessions.delete(address);
  }

  decrypt(address: string, type: string, ciphertext: Uint8Array): Buffer {
    if (type === "pkmsg") return this.#decryptFirst(address, ciphertext);
    if (type === "msg") return this.#decryptLater(address, ciphertext);
    throw new SignalError("malformed", `unknown encryption type ${type}`);
  }

  #decryptFirst(address: string, ciphertext: Uint8Array): Buffer {
    const first = parsePrekeyWhisper(ciphertext);
    const known = this.#sessions.get(address)?.find((one) => one.baseKey.equals(first.baseKey));
    if (known) {
      const plaintext = known.decrypt(first.message);
      this.#prefer(address, known);
      return plaintext;
    }
    const prekey = first.prekeyId === null ? null : this.#prekey(first.prekeyId);
    if (first.signedPrekeyId !== SIGNED_PREKEY_ID) throw new SignalError("unknown_signed_prekey");
    const session = SignalSession.accept(this, first, this.#signed().keys, prekey);
    const plaintext = session.decrypt(first.message);
    if (first.prekeyId !== null) this.#prekeys.delete(first.prekeyId);
    this.#prefer(address, session);
    return plaintext;
  }

  #decryptLater(address: string, ciphertext: Uint8Array): Buffer {
    const sessions = this.#sessions.get(address);
    if (!sessions) throw new SignalError("no_session");
    let failure: SignalError | null = null;
    for (const session of sessions) {
      try {
        const plaintext = session.decrypt(ciphertext);
        this.#prefer(address, session);
        return plaintext;
      } catch (error) {
        if (!(error instanceof SignalError)) throw error;
        // A replay is recognised by one session only: the others merely do not know the key.
        if (failure?.reason !== "replayed_counter") failure = error;
      }
    }
    throw failure ?? new SignalError("no_session");
  }

  #prekey(id: number): X25519KeyPair {
    const keys = this.#prekeys.get(id);
    if (keys) return keys;
    throw new SignalError(id < this.#nextPrekeyId ? "spent_prekey" : "unknown_prekey", `id ${id}`);
  }

  #prefer(address: string, session: SignalSession): void {
    const sessions = this.#sessions.get(address) ?? [];
    if (sessions[0] === session) return;
    const others = sessions.filter((other) => other !== session);
    this.#sessions.set(address, [session, ...others].slice(0, SESSIONS_PER_DEVICE));
  }

  #signed(): { readonly keys: X25519KeyPair; readonly signature: Buffer } {
    // Made on first use: the signature costs 10 ms and most peers of a load test never need it.
    if (!this.#signedPrekey) {
      const keys = X25519KeyPair.generate();
      const signature = signXeddsa(this.keys.privateKey, withType(keys.publicKey));
      this.#signedPrekey = { keys, signature };
    }
    return this.#signedPrekey;
  }
}
