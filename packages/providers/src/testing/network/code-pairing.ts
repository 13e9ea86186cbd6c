import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import {
  aesDecryptCTR,
  aesDecryptGCM,
  aesEncryptCTR,
  derivePairingCodeKey,
} from "@whiskeysockets/baileys";
import { type WaitOptions, withDeadline } from "../deadline.ts";
import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";
import { derive } from "../signal/key-derivation.ts";
import { X25519KeyPair } from "../signal/x25519.ts";
import {
  child,
  MalformedStanzaError,
  nowSeconds,
  requiredAttribute,
  requiredBytes,
  type Stanza,
  stanza,
} from "../wire/stanza.ts";
import type { Answer } from "./answer.ts";
import type { Companion } from "./companion.ts";
import type { Directory } from "./directory.ts";
import type { LinkingRules } from "./linking-rules.ts";
import type { PairingCandidate } from "./pairing-candidate.ts";
import type { PairingDesk } from "./pairing-desk.ts";
import type { User } from "./user.ts";

const TAG = "link_code_companion_reg";
const WRAPPED_BYTES = 80;

/** A client that showed a code for a number and waits for somebody to type it. */
interface Hello {
  readonly candidate: PairingCandidate;
  readonly ref: string;
  readonly wrappedEphemeral: Buffer;
}

/** Linking by the code that the client shows and a person types into the phone. */
export class CodePairing {
  readonly #desk: PairingDesk;
  readonly #directory: Directory;
  readonly #rules: LinkingRules;
  readonly #hellos = new Map<string, Hello>();
  readonly #events = new EventEmitter<{ hello: [string]; finish: [string, Stanza] }>();

  constructor(desk: PairingDesk, directory: Directory, rules: LinkingRules) {
    this.#rules = rules;
    this.#desk = desk;
    this.#directory = directory;
    this.#events.setMaxListeners(0);
  }

  /** Takes the client's part of the exchange; gives the answer. */
  handle(candidate: PairingCandidate, iq: Stanza): Answer {
    const request = child(iq, TAG);
    if (!request) throw new MalformedStanzaError(`<iq xmlns="md"> without <${TAG}>`);
    const number = this.#directory.numberOf(requiredAttribute(request, "jid"));
    if (number === null) throw new MalformedStanzaError("pairing code for no phone number");
    if (request.attrs["stage"] === "companion_finish") {
      this.#events.emit(
        "finish",
        requiredBytes(request, "link_code_pairing_ref").toString(),
        request,
      );
      return { content: undefined };
    }
    const refusal = this.#rules.takeCodeRefusal();
    if (refusal) return refusal;
    const wrappedEphemeral = requiredBytes(
      request,
      "link_code_pairing_wrapped_companion_ephemeral_pub",
      WRAPPED_BYTES,
    );
    const ref = randomBytes(12).toString("hex");
    this.#hellos.set(number, { candidate, ref, wrappedEphemeral });
    this.#events.emit("hello", number);
    return { content: stanza(TAG, {}, [stanza("link_code_pairing_ref", {}, Buffer.from(ref))]) };
  }

  leave(candidate: PairingCandidate): void {
    for (const [number, hello] of this.#hellos) {
      if (hello.candidate === candidate) this.#hellos.delete(number);
    }
  }

  /** What typing the code into the phone does. */
  async enter(user: User, typed: string, wait: WaitOptions): Promise<Companion> {
    const code = typed.replaceAll(/[\s-]/g, "");
    const hello = await this.#helloFor(user.number, wait);
    this.#hellos.delete(user.number);
    const companionEphemeral = await unwrap(hello.wrappedEphemeral, code);
    const ephemeral = X25519KeyPair.generate();
    const wrapped = await wrap(ephemeral.publicKey, code);
    const request = await this.#exchange(user, hello, wrapped, wait);
    const shared = agreeOrRefuse(ephemeral, companionEphemeral, hello);
    const bundle = openBundle(request, shared, hello);
    const companionIdentity = bundle.subarray(0, 32);
    const { keys } = user.phone.identity;
    if (
      !hello.candidate.identityKey.equals(companionIdentity) ||
      !keys.publicKey.equals(bundle.subarray(32, 64))
    ) {
      throw wrongCode(hello);
    }
    const input = [shared, keys.agree(companionIdentity), bundle.subarray(64, 96)];
    const advSecret = derive(Buffer.concat(input), "adv_secret", 32);
    return this.#desk.link(user, hello.candidate, advSecret, wait);
  }

  #helloFor(number: string, wait: WaitOptions): Promise<Hello> {
    return withDeadline(`a client that shows a code for ${number}`, wait, (resolve) => {
      const look = (): void => {
        const hello = this.#hellos.get(number);
        if (hello) resolve(hello);
      };
      this.#events.on("hello", look);
      look();
      return () => this.#events.off("hello", look);
    });
  }

  /** Sends the phone's half and waits for the client's last word. */
  #exchange(user: User, hello: Hello, wrapped: Buffer, wait: WaitOptions): Promise<Stanza> {
    return withDeadline("the client's answer to the code", wait, (resolve) => {
      const listener = (ref: string, request: Stanza): void => {
        if (ref === hello.ref) resolve(request);
      };
      this.#events.on("finish", listener);
      hello.candidate.link.send(primaryHello(user, hello, wrapped));
      return () => this.#events.off("finish", listener);
    });
  }
}

function primaryHello(user: User, { ref }: Hello, wrapped: Buffer): Stanza {
  const id = randomBytes(6).toString("hex");
  const attributes = { from: "s.whatsapp.net", id, type: TAG, t: nowSeconds() };
  return stanza("notification", attributes, [
    stanza(TAG, { stage: "primary_hello" }, [
      stanza("link_code_pairing_wrapped_primary_ephemeral_pub", {}, wrapped),
      stanza("primary_identity_pub", {}, user.phone.identity.keys.publicKey),
      stanza("link_code_pairing_ref", {}, Buffer.from(ref)),
    ]),
  ]);
}

async function unwrap(wrapped: Buffer, code: string): Promise<Buffer> {
  const key = await derivePairingCodeKey(code, wrapped.subarray(0, 32));
  return aesDecryptCTR(wrapped.subarray(48), key, wrapped.subarray(32, 48));
}

async function wrap(publicKey: Buffer, code: string): Promise<Buffer> {
  const salt = randomBytes(32);
  const iv = randomBytes(16);
  const key = await derivePairingCodeKey(code, salt);
  return Buffer.concat([salt, iv, aesEncryptCTR(publicKey, key, iv)]);
}

function agreeOrRefuse(ephemeral: X25519KeyPair, theirs: Buffer, hello: Hello): Buffer {
  try {
    return ephemeral.agree(theirs);
  } catch {
    throw wrongCode(hello);
  }
}

function openBundle(request: Stanza, shared: Buffer, hello: Hello): Buffer {
  const sealed = requiredBytes(request, "link_code_pairing_wrapped_key_bundle");
  const info = "link_code_pairing_key_bundle_encryption_key";
  const key = derive(shared, info, 32, sealed.subarray(0, 32));
  try {
    return aesDecryptGCM(sealed.subarray(44), key, sealed.subarray(32, 44), Buffer.alloc(0));
  } catch {
    throw wrongCode(hello);
  }
}

/** The phone says so to the person; the client only sees its connection go. */
function wrongCode({ candidate }: Hello): FakeWhatsAppError {
  candidate.link.drop();
  return new FakeWhatsAppError("WRONG_PAIRING_CODE", "this is not the code that the client shows");
}
