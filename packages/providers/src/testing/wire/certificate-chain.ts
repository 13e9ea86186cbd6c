import { proto } from "@whiskeysockets/baileys";
import { X25519KeyPair } from "../signal/x25519.ts";
import { signXeddsa } from "../signal/xeddsa.ts";

const ROOT_SERIAL = 0;
const INTERMEDIATE_SERIAL = 1;
const LEAF_SERIAL = 2;

/** The server's static Noise key and the certificates that vouch for it, really signed. */
export interface ServerCertificate {
  readonly staticKeys: X25519KeyPair;
  /** The root's public key: what a client has to trust. */
  readonly rootKey: Buffer;
  /** The encoded CertChain: the root signs the intermediate, which signs the leaf. */
  readonly chain: Uint8Array;
}

/** Which certificate of a chain is signed by somebody who may not. */
export type ForgedCertificate = "intermediate" | "leaf";

export function createServerCertificate(
  root: X25519KeyPair = X25519KeyPair.generate(),
  forged: ForgedCertificate | null = null,
): ServerCertificate {
  const stranger = X25519KeyPair.generate();
  const intermediate = X25519KeyPair.generate();
  const staticKeys = X25519KeyPair.generate();
  const rootSigner = forged === "intermediate" ? stranger : root;
  const middleSigner = forged === "leaf" ? stranger : intermediate;
  const chain = proto.CertChain.encode({
    intermediate: sign(rootSigner, intermediate.publicKey, INTERMEDIATE_SERIAL, ROOT_SERIAL),
    leaf: sign(middleSigner, staticKeys.publicKey, LEAF_SERIAL, INTERMEDIATE_SERIAL),
  }).finish();
  return { staticKeys, rootKey: root.publicKey, chain };
}

function sign(
  issuer: X25519KeyPair,
  key: Uint8Array,
  serial: number,
  issuerSerial: number,
): proto.CertChain.INoiseCertificate {
  const details = proto.CertChain.NoiseCertificate.Details.encode({
    serial,
    issuerSerial,
    key,
  }).finish();
  return { details, signature: signXeddsa(issuer.privateKey, details) };
}
