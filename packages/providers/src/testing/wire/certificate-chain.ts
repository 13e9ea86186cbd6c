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

export function createServerCertificate(): ServerCertificate {
  const root = X25519KeyPair.generate();
  const intermediate = X25519KeyPair.generate();
  const staticKeys = X25519KeyPair.generate();
  const chain = proto.CertChain.encode({
    intermediate: sign(root, intermediate.publicKey, INTERMEDIATE_SERIAL, ROOT_SERIAL),
    leaf: sign(intermediate, staticKeys.publicKey, LEAF_SERIAL, INTERMEDIATE_SERIAL),
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
