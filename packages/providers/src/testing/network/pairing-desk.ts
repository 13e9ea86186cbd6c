import { randomBytes } from "node:crypto";
import type { WaitOptions } from "../deadline.ts";
import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";
import { X25519KeyPair } from "../signal/x25519.ts";
import { bytesOf, child, type Stanza, stanza } from "../wire/stanza.ts";
import { issueDeviceIdentity, verifyDeviceIdentity } from "./adv-identity.ts";
import { Companion } from "./companion.ts";
import type { LinkingRules } from "./linking-rules.ts";
import type { LoginFaults } from "./login-faults.ts";
import { announceSent, type Network } from "./network.ts";
import type { PairingCandidate } from "./pairing-candidate.ts";
import { passkeyPrologue } from "./passkey-prologue.ts";
import { PrekeyRegistry } from "./prekey-registry.ts";
import type { User } from "./user.ts";

const RESTART_REQUIRED = 515;
const REF_COUNT = 6;

/** Where clients that are not linked yet wait for a phone to scan their QR. */
export class PairingDesk {
  readonly #network: Network;
  readonly #faults: LoginFaults;
  readonly #rules: LinkingRules;
  readonly #waiting = new Map<string, { candidate: PairingCandidate; refs: ReadonlySet<string> }>();

  constructor(network: Network, faults: LoginFaults, rules: LinkingRules) {
    this.#network = network;
    this.#faults = faults;
    this.#rules = rules;
  }

  /** Gives the client the references that its QR codes will show. */
  enter(candidate: PairingCandidate): void {
    const refs = Array.from(
      { length: REF_COUNT },
      () => `2@${randomBytes(24).toString("base64url")}`,
    );
    if (this.#rules.withholdsQrCodes) return;
    this.#waiting.set(keyOf(candidate), { candidate, refs: new Set(refs) });
    const attributes = { type: "set", xmlns: "md", from: "s.whatsapp.net", id: newId() };
    const nodes = refs.map((ref) => stanza("ref", {}, Buffer.from(ref)));
    candidate.link.send(stanza("iq", attributes, [stanza("pair-device", {}, nodes)]));
  }

  leave(candidate: PairingCandidate): void {
    if (this.#waiting.get(keyOf(candidate))?.candidate === candidate) {
      this.#waiting.delete(keyOf(candidate));
    }
  }

  /** What scanning the code with the phone's camera does. */
  async scan(user: User, qr: string, wait: WaitOptions): Promise<Companion> {
    const [ref = "", noiseKey = "", identityKey = "", advSecret = ""] = (
      qr.split("#").at(-1) ?? ""
    ).split(",");
    const waiting = this.#waiting.get(identityKey);
    if (!waiting) {
      throw new FakeWhatsAppError("BAD_QR", "no client that waits here shows this QR code");
    }
    const { candidate, refs } = waiting;
    if (!refs.has(ref) || candidate.noiseKey.toString("base64") !== noiseKey) {
      throw new FakeWhatsAppError("BAD_QR", "this QR code is not of the client's connection");
    }
    return this.link(user, candidate, Buffer.from(advSecret, "base64"), wait);
  }

  /** Links the client: its confirmation, then the restart that WhatsApp asks for. */
  async link(
    user: User,
    candidate: PairingCandidate,
    advSecret: Uint8Array,
    wait: WaitOptions,
  ): Promise<Companion> {
    if (user.demandsPasskey) {
      candidate.link.send(passkeyPrologue());
      const message = "the account demands a passkey, and the client did not answer with one";
      throw new FakeWhatsAppError("PASSKEY_REQUIRED", message);
    }
    this.leave(candidate);
    const companion = this.#companion(user, candidate);
    const { keys } = user.phone.identity;
    const signer = this.#faults.forgesAccountSignatures ? X25519KeyPair.generate() : keys;
    const { identityKey } = candidate;
    const identity = issueDeviceIdentity(keys, identityKey, companion.device, advSecret, signer);
    const reply = await candidate.link.query(pairSuccess(user, companion, identity), wait);
    const signed = bytesOf(child(reply, "pair-device-sign"), "device-identity");
    if (!signed || !verifyDeviceIdentity(signed, keys.publicKey, candidate.identityKey)) {
      candidate.link.fail(401);
      throw new FakeWhatsAppError("PAIRING_FAILED", "the client did not sign its device identity");
    }
    user.companions.set(companion.device, companion);
    this.#network.events.emit("paired", { number: user.number, device: companion.device });
    candidate.link.fail(RESTART_REQUIRED);
    return companion;
  }

  #companion(user: User, candidate: PairingCandidate): Companion {
    const { settings } = this.#network;
    const { identityKey, registrationId, signedPrekey, noiseKey } = candidate;
    const { number } = user;
    const device = user.nextDevice();
    return new Companion({
      number,
      device,
      noiseKey,
      prekeys: new PrekeyRegistry(identityKey, registrationId, signedPrekey),
      historyLimit: settings.historyLimit,
      queue: {
        batchSize: settings.offlineBatchSize,
        batchTimeoutMs: settings.offlineBatchTimeoutMs,
        onSent: (delivery, offline) =>
          announceSent(this.#network, { number, device }, delivery, offline),
      },
    });
  }
}

function pairSuccess(user: User, companion: Companion, identity: Uint8Array): Stanza {
  const { jid, lid } = companion;
  const attributes = { type: "set", from: "s.whatsapp.net", id: newId() };
  return stanza("iq", attributes, [
    stanza("pair-success", {}, [
      stanza("device-identity", {}, identity),
      stanza("device", { jid, lid }),
      stanza("platform", { name: "android" }),
      stanza("biz", { name: user.name }),
    ]),
  ]);
}

function keyOf({ identityKey }: PairingCandidate): string {
  return identityKey.toString("base64");
}

function newId(): string {
  return randomBytes(6).toString("hex");
}
