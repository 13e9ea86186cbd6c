import type { KeyPair, proto } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "./baileys-library.ts";
import { decodeExactJson, encodeExactJson } from "./exact-json.ts";
import { CHAT_ALIAS_TYPE, NUMBER_TYPE, REPLAY_TYPE, SENT_MESSAGE_TYPE } from "./own-key-types.ts";

/** How values of one key type become bytes. */
export interface KeyCodec {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

// Codecs are the bridge between Baileys' values, whose types hang on the key type, and bytes; each
// one knows what Baileys puts under its type, hence the assertions in this file.

const exactJson: KeyCodec = { encode: encodeExactJson, decode: decodeExactJson };

/** Session records are plain JSON: libsignal has made strings of their bytes already. */
const plainJson: KeyCodec = {
  encode: (value) => Buffer.from(JSON.stringify(value), "utf8"),
  decode: (bytes) => JSON.parse(asBuffer(bytes).toString("utf8")),
};

const rawBytes: KeyCodec = { encode: (value) => value as Uint8Array, decode: asBuffer };

const text: KeyCodec = {
  encode: (value) => Buffer.from(value as string, "utf8"),
  decode: (bytes) => asBuffer(bytes).toString("utf8"),
};

/** Two keys of 32 bytes back to back; there are hundreds of them per account. */
const keyPair: KeyCodec = {
  encode: (value) => {
    const pair = value as KeyPair;
    return Buffer.concat([pair.private, pair.public]);
  },
  decode: (bytes) => ({
    private: asBuffer(bytes.subarray(0, 32)),
    public: asBuffer(bytes.subarray(32)),
  }),
};

export function makeKeyCodecs({ proto }: BaileysLibrary): Readonly<Record<string, KeyCodec>> {
  const appStateKey: KeyCodec = {
    encode: (value) =>
      proto.Message.AppStateSyncKeyData.encode(
        value as proto.Message.IAppStateSyncKeyData,
      ).finish(),
    decode: (bytes) => proto.Message.AppStateSyncKeyData.decode(bytes),
  };
  return {
    session: plainJson,
    "pre-key": keyPair,
    "sender-key": rawBytes,
    "identity-key": rawBytes,
    "lid-mapping": text,
    "app-state-sync-key": appStateKey,
    [REPLAY_TYPE]: rawBytes,
    [SENT_MESSAGE_TYPE]: rawBytes,
    [CHAT_ALIAS_TYPE]: text,
    [NUMBER_TYPE]: text,
  };
}

/** For key types that are not named above: whatever Baileys comes up with. */
export const fallbackCodec: KeyCodec = exactJson;

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
