import type { WaitOptions } from "../deadline.ts";
import type { SignedPublicPrekey } from "../signal/prekey-bundle.ts";
import { requiredBytes, type Stanza, stanza } from "../wire/stanza.ts";
import type { CompanionLink } from "./companion.ts";

/** A connection to which the server can also put a question. */
export interface PairingLink extends CompanionLink {
  query(iq: Stanza, wait: WaitOptions): Promise<Stanza>;
}

/** What an unlinked client said of itself when it connected. */
export interface PairingCandidate {
  readonly link: PairingLink;
  readonly noiseKey: Buffer;
  readonly identityKey: Buffer;
  readonly registrationId: number;
  readonly signedPrekey: SignedPublicPrekey;
}

/** Reads the registration part of a client's login payload. */
export function parseCandidate(
  link: PairingLink,
  noiseKey: Buffer,
  data: {
    readonly eIdent?: Uint8Array | null;
    readonly eRegid?: Uint8Array | null;
    readonly eSkeyId?: Uint8Array | null;
    readonly eSkeyVal?: Uint8Array | null;
    readonly eSkeySig?: Uint8Array | null;
  },
): PairingCandidate {
  const fields = stanza("registration", {}, [
    stanza("id", {}, data.eRegid ?? Buffer.alloc(0)),
    stanza("identity", {}, data.eIdent ?? Buffer.alloc(0)),
    stanza("skey-id", {}, data.eSkeyId ?? Buffer.alloc(0)),
    stanza("skey-value", {}, data.eSkeyVal ?? Buffer.alloc(0)),
    stanza("skey-signature", {}, data.eSkeySig ?? Buffer.alloc(0)),
  ]);
  return {
    link,
    noiseKey,
    identityKey: requiredBytes(fields, "identity", 32),
    registrationId: requiredBytes(fields, "id", 4).readUInt32BE(),
    signedPrekey: {
      id: requiredBytes(fields, "skey-id", 3).readUIntBE(0, 3),
      publicKey: requiredBytes(fields, "skey-value", 32),
      signature: requiredBytes(fields, "skey-signature", 64),
    },
  };
}
