import { randomInt } from "node:crypto";
import {
  proto,
  WA_ADV_ACCOUNT_SIG_PREFIX,
  WA_ADV_DEVICE_SIG_PREFIX,
} from "@whiskeysockets/baileys";
import { hmac } from "../signal/key-derivation.ts";
import type { X25519KeyPair } from "../signal/x25519.ts";
import { signXeddsa, verifyXeddsa } from "../signal/xeddsa.ts";

/**
 * The phone's statement that a device belongs to its account, sealed with the QR's secret.
 * @param signer whose signature it has; only a test would give another one
 */
export function issueDeviceIdentity(
  phone: X25519KeyPair,
  companionIdentity: Uint8Array,
  keyIndex: number,
  advSecret: Uint8Array,
  signer: X25519KeyPair = phone,
): Uint8Array {
  const details = proto.ADVDeviceIdentity.encode({
    rawId: randomInt(1, 2 ** 31),
    timestamp: Math.floor(Date.now() / 1_000),
    keyIndex,
  }).finish();
  const statement = Buffer.concat([WA_ADV_ACCOUNT_SIG_PREFIX, details, companionIdentity]);
  const signed = proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: phone.publicKey,
    accountSignature: signXeddsa(signer.privateKey, statement),
  }).finish();
  return proto.ADVSignedDeviceIdentityHMAC.encode({
    details: signed,
    hmac: hmac(advSecret, signed),
  }).finish();
}

/** Whether both sides signed: the phone for the device, and the device for the phone. */
export function verifyDeviceIdentity(
  encoded: Uint8Array,
  accountKey: Uint8Array,
  companionIdentity: Uint8Array,
): boolean {
  const identity = decode(encoded);
  const { details, accountSignature, deviceSignature, accountSignatureKey } = identity ?? {};
  if (!details || !accountSignature || !deviceSignature) return false;
  // The device may leave the account's key out, but not name another.
  if (accountSignatureKey?.length && !Buffer.from(accountSignatureKey).equals(accountKey)) {
    return false;
  }
  const byAccount = Buffer.concat([WA_ADV_ACCOUNT_SIG_PREFIX, details, companionIdentity]);
  const byDevice = Buffer.concat([
    WA_ADV_DEVICE_SIG_PREFIX,
    details,
    companionIdentity,
    accountKey,
  ]);
  return (
    verifyXeddsa(accountKey, byAccount, accountSignature) &&
    verifyXeddsa(companionIdentity, byDevice, deviceSignature)
  );
}

function decode(encoded: Uint8Array): proto.IADVSignedDeviceIdentity | null {
  try {
    return proto.ADVSignedDeviceIdentity.decode(encoded);
  } catch {
    return null;
  }
}
