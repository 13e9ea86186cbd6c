import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import type { Companion } from "../network/companion.ts";
import {
  bytesOf,
  child,
  MalformedStanzaError,
  nowSeconds,
  requiredAttribute,
  type Stanza,
  stanza,
} from "../wire/stanza.ts";
import type { MediaHost } from "./media-host.ts";

const TAG_LENGTH = 16;
/** What phones say when they have a medium no more. */
const NOT_FOUND = "2";

interface KeptMedium {
  readonly bytes: Buffer;
  readonly mediaKey: Buffer;
}

/** The media that phones keep when the hosts have forgotten them, by message. */
export class PhoneMedia {
  readonly #host: MediaHost;
  readonly #kept = new Map<string, KeptMedium>();

  constructor(host: MediaHost) {
    this.#host = host;
  }

  keep(messageId: string, medium: KeptMedium): void {
    this.#kept.set(messageId, medium);
  }

  forgetAll(): void {
    this.#kept.clear();
  }

  /** Answers a linked device's `<receipt type="server-error">`: uploads the medium once more. */
  askedAgain(from: Companion, receipt: Stanza): void {
    const id = requiredAttribute(receipt, "id");
    const place = child(receipt, "rmr");
    if (!place) throw new MalformedStanzaError("<receipt type=server-error> without <rmr>");
    const medium = this.#kept.get(id);
    const answer =
      medium && isRequest(receipt, id, medium) ? this.#uploadAgain(id, medium) : gone();
    const attributes = { id, from: from.jid, type: "mediaretry", t: nowSeconds() };
    from.link?.send(stanza("notification", attributes, [answer, stanza("rmr", place.attrs)]));
  }

  #uploadAgain(id: string, { bytes, mediaKey }: KeptMedium): Stanza {
    const directPath = this.#host.store(bytes);
    const { SUCCESS } = proto.MediaRetryNotification.ResultType;
    const notification = { stanzaId: id, directPath, result: SUCCESS };
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", retryKey(mediaKey), iv);
    cipher.setAAD(Buffer.from(id));
    const sealed = Buffer.concat([
      cipher.update(proto.MediaRetryNotification.encode(notification).finish()),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return stanza("encrypt", {}, [stanza("enc_p", {}, sealed), stanza("enc_iv", {}, iv)]);
  }
}

function gone(): Stanza {
  return stanza("error", { code: NOT_FOUND });
}

function isRequest(receipt: Stanza, id: string, { mediaKey }: KeptMedium): boolean {
  const encrypt = child(receipt, "encrypt");
  const sealed = encrypt && bytesOf(encrypt, "enc_p");
  const iv = encrypt && bytesOf(encrypt, "enc_iv");
  if (!sealed || !iv) return false;
  try {
    const cipher = createDecipheriv("aes-256-gcm", retryKey(mediaKey), iv);
    cipher.setAAD(Buffer.from(id));
    cipher.setAuthTag(sealed.subarray(sealed.length - TAG_LENGTH));
    const body = sealed.subarray(0, sealed.length - TAG_LENGTH);
    const plain = Buffer.concat([cipher.update(body), cipher.final()]);
    return proto.ServerErrorReceipt.decode(plain).stanzaId === id;
  } catch {
    return false;
  }
}

function retryKey(mediaKey: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", mediaKey, "", "WhatsApp Media Retry Notification", 32));
}
