import { createRequire } from "node:module";
import { OrquestaError } from "@orquesta/core";
import type { ParsedBaileysOptions } from "./baileys-options.ts";
import { type NativeCipher, nativeCipher } from "./native-cipher.ts";
import { verifyXEdDsa } from "./native-curve.ts";
import { silenceLibsignal } from "./quiet-libsignal.ts";

export type BaileysLibrary = typeof import("@whiskeysockets/baileys");

const PACKAGE = "@whiskeysockets/baileys";
const VERSION = "7.0.0-rc14";

/** libsignal's curve functions, as far as they are replaced. */
interface LibsignalCurve {
  verifySignature(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
    isInit?: boolean,
  ): boolean;
}

/**
 * Loads Baileys on first use and repairs it in memory; its files stay as they were installed.
 * @throws PROVIDER_LIBRARY_MISSING
 */
export async function loadBaileys(options: ParsedBaileysOptions): Promise<BaileysLibrary> {
  silenceLibsignal();
  // Before the import: Baileys' modules copy libsignal's functions when they are evaluated.
  if (options.verifySignatures) repairLibsignal();
  const library = await importBaileys();
  if (options.verifySignatures) library.Curve.verify = verifyXEdDsa;
  if (options.rootKey) library.WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(options.rootKey);
  return library;
}

async function importBaileys(): Promise<BaileysLibrary> {
  try {
    return await import("@whiskeysockets/baileys");
  } catch (cause) {
    throw missing(cause);
  }
}

/** Group messages and sessions call libsignal directly, past `Curve`. */
function repairLibsignal(): void {
  const { curve, cipher } = requireLibsignal();
  curve.verifySignature = verifyNatively;
  Object.assign(cipher, nativeCipher);
}

/** `isInit` means "do not look": the caller ignores the answer. */
function verifyNatively(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  isInit?: boolean,
): boolean {
  return isInit === true || verifyXEdDsa(publicKey, message, signature);
}

function requireLibsignal(): { readonly curve: LibsignalCurve; readonly cipher: NativeCipher } {
  try {
    // As Baileys would find it: there may be several libsignals in a tree.
    const fromHere = createRequire(import.meta.url);
    const fromBaileys = createRequire(fromHere.resolve(PACKAGE));
    // Bridge to untyped CommonJS modules, whose exports objects are writable.
    return {
      curve: fromBaileys("libsignal/src/curve.js") as LibsignalCurve,
      cipher: fromBaileys("libsignal/src/crypto.js") as NativeCipher,
    };
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): OrquestaError {
  return new OrquestaError(
    "PROVIDER_LIBRARY_MISSING",
    `the provider "baileys" needs the package ${PACKAGE}@${VERSION}; install it beside @orquesta/providers`,
    { cause },
  );
}
