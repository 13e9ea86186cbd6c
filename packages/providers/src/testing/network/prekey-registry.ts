import type { PrekeyBundle, PublicPrekey, SignedPublicPrekey } from "../signal/prekey-bundle.ts";
import { withType } from "../signal/x25519.ts";
import { verifyXeddsa } from "../signal/xeddsa.ts";
import {
  bytesOf,
  child,
  children,
  MalformedStanzaError,
  requiredBytes,
  requiredNumber,
  type Stanza,
} from "../wire/stanza.ts";

/** The public keys that a companion has uploaded. Each one-time prekey is handed out once. */
export class PrekeyRegistry {
  readonly identityKey: Uint8Array;
  readonly registrationId: number;
  readonly #available = new Map<number, Uint8Array>();
  readonly #handedOut = new Set<number>();
  #signedPrekey: SignedPublicPrekey;

  constructor(identityKey: Uint8Array, registrationId: number, signedPrekey: SignedPublicPrekey) {
    this.identityKey = identityKey;
    this.registrationId = registrationId;
    this.#signedPrekey = this.#checked(signedPrekey);
  }

  get count(): number {
    return this.#available.size;
  }

  /** Takes a `<iq xmlns="encrypt" type="set">` upload; throws when WhatsApp would refuse it. */
  upload(iq: Stanza): void {
    const identity = requiredBytes(iq, "identity", 32);
    if (!identity.equals(this.identityKey)) throw new MalformedStanzaError("another identity key");
    if (requiredNumber(iq, "registration", 4) !== this.registrationId) {
      throw new MalformedStanzaError("another registration id");
    }
    const keys = children(child(iq, "list"), "key").map(parsePrekey);
    if (keys.length === 0) throw new MalformedStanzaError("no prekeys in the upload");
    this.#signedPrekey = this.#checked(parseSignedPrekey(child(iq, "skey")));
    for (const { id, publicKey } of keys) {
      // A client that did not hear of its first upload repeats it: what is spent stays spent.
      if (!this.#handedOut.has(id)) this.#available.set(id, publicKey);
    }
  }

  rotate(skey: Stanza | undefined): void {
    this.#signedPrekey = this.#checked(parseSignedPrekey(skey));
  }

  take(): PrekeyBundle {
    const { identityKey, registrationId } = this;
    const bundle = { identityKey, registrationId, signedPrekey: this.#signedPrekey };
    for (const [id, publicKey] of this.#available) {
      this.#available.delete(id);
      this.#handedOut.add(id);
      return { ...bundle, prekey: { id, publicKey } };
    }
    return bundle;
  }

  #checked(signed: SignedPublicPrekey): SignedPublicPrekey {
    if (!verifyXeddsa(this.identityKey, withType(signed.publicKey), signed.signature)) {
      throw new MalformedStanzaError("the signed prekey is not signed by its owner");
    }
    return signed;
  }
}

export function parsePrekey(node: Stanza | undefined): PublicPrekey {
  return { id: requiredNumber(node, "id", 3), publicKey: requiredBytes(node, "value", 32) };
}

export function parseSignedPrekey(node: Stanza | undefined): SignedPublicPrekey {
  return { ...parsePrekey(node), signature: requiredBytes(node, "signature", 64) };
}

/** The bundle inside a retry receipt; null when the client sent none. */
export function bundleOfRetry(receipt: Stanza): PrekeyBundle | null {
  const keys = child(receipt, "keys");
  if (!keys) return null;
  const key = child(keys, "key");
  return {
    registrationId: requiredNumber(receipt, "registration", 4),
    identityKey: requiredBytes(keys, "identity", 32),
    signedPrekey: parseSignedPrekey(child(keys, "skey")),
    ...(key && bytesOf(key, "value") ? { prekey: parsePrekey(key) } : {}),
  };
}
