import { createHmac, createSecretKey, hkdfSync } from "node:crypto";

const NO_SALT = Buffer.alloc(32);

// Keys are wrapped before use: Node takes five times as long with a bare buffer as the key.

export function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac("sha256", createSecretKey(key)).update(data).digest();
}

/** HKDF-SHA256. */
export function derive(
  input: Uint8Array,
  info: string,
  lengthBytes: number,
  salt: Uint8Array = NO_SALT,
): Buffer {
  return Buffer.from(hkdfSync("sha256", createSecretKey(input), salt, info, lengthBytes));
}
