import { randomInt } from "node:crypto";
import type { Desk, Handlers } from "./handlers.ts";
import { onWire } from "./person.ts";
import { Refusal } from "./refusal.ts";

/** WhatsApp's: no digits and letters that people mistake for each other. */
const CODE_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ";
const CODE_LENGTH = 8;
const CODES_PER_HOUR = 5;
const HOUR_MS = 3_600_000;

type PairingCalls =
  | "hello"
  | "stored"
  | "requestCode"
  | "logout"
  | "setName"
  | "setAbout"
  | "block";

export function pairingHandlers({ network, device, me }: Desk): Pick<Handlers, PairingCalls> {
  const requestCode: Handlers["requestCode"] = ({ phone }) => {
    const now = Date.now();
    device.codeRequests = device.codeRequests.filter((at) => now - at < HOUR_MS);
    if (device.account) throw new Refusal(409, "the device is linked already");
    if (device.codeRequests.length >= CODES_PER_HOUR) throw new Refusal(429, "rate-overlimit");
    if (!network.people.has(phone)) throw new Refusal(400, "bad-request");
    device.codeRequests.push(now);
    const digits = Array.from({ length: CODE_LENGTH }, () => randomInt(CODE_ALPHABET.length));
    const code = digits.map((digit) => CODE_ALPHABET[digit]).join("");
    device.code = { code, number: phone };
    return { code };
  };
  return {
    hello: () => ({
      me: device.account && onWire(device.account),
      ref: device.ref,
      people: device.account ? [...network.people.values()].map(onWire) : [],
      blocked: [...(device.account?.blocked ?? [])].map((number) => `${number}@c.us`),
      faults: device.faults,
    }),
    stored: ({ seen }) => device.markStored(seen),
    requestCode,
    logout: () => {
      me();
      device.unlink();
    },
    setName: ({ name }) => {
      me().name = name;
    },
    setAbout: ({ about }) => {
      me().about = about;
    },
    block: ({ address, blocked }) => {
      const person = network.find(address);
      if (!person) throw new Refusal(404, "nobody is there");
      if (blocked) me().blocked.add(person.number);
      else me().blocked.delete(person.number);
    },
  };
}
