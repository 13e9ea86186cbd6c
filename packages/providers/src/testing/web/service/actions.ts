import type { Written } from "./conversation.ts";
import { membersOf } from "./conversation.ts";
import type { Person } from "./person.ts";
import { Refusal } from "./refusal.ts";
import type { WebDevice } from "./web-device.ts";
import type { WebNetwork } from "./web-network.ts";

const EDIT_WINDOW_MS = 15 * 60_000;
const REVOKE_WINDOW_MS = 60 * 3_600_000;

/** What anybody may do to a message, from a phone or from a page. */
export class Actions {
  readonly #network: WebNetwork;

  constructor(network: WebNetwork) {
    this.#network = network;
  }

  /** @throws Refusal when it is too old, or somebody else's */
  edit(message: Written, by: Person, body: string, except?: WebDevice): number {
    if (message.sender !== by) throw new Refusal(403, "only the sender edits a message");
    if (message.isRevoked) throw new Refusal(404, "the message was deleted");
    if (Date.now() - message.t * 1000 > EDIT_WINDOW_MS) {
      throw new Refusal(405, "messages can be edited for 15 minutes");
    }
    const field = "directPath" in message.attributes ? "caption" : "body";
    message.attributes = { ...message.attributes, [field]: body };
    const atMs = Date.now();
    this.#network.spread(message, "edited", { id: message.id, body, atMs }, except);
    this.#network.tellAll(message, { kind: "edited", message, by });
    return atMs;
  }

  revoke(message: Written, by: Person, except?: WebDevice): void {
    const { chat } = message;
    const isAdmin = chat.kind === "group" && chat.group.isAdmin(by);
    if (message.sender !== by && !isAdmin) throw new Refusal(403, "it is not yours to delete");
    if (Date.now() - message.t * 1000 > REVOKE_WINDOW_MS) {
      throw new Refusal(405, "the message is too old to be deleted for everybody");
    }
    message.isRevoked = true;
    const revoked = { id: message.id, by: this.#network.addressOf(by) };
    this.#network.spread(message, "revoked", revoked, except);
    this.#network.tellAll(message, { kind: "revoked", message, by });
  }

  react(message: Written, by: Person, text: string): number {
    this.#requireMember(message, by);
    const atMs = Date.now();
    const sender = this.#network.addressOf(by);
    this.#network.spread(message, "reaction", { id: message.id, sender, text, atMs });
    this.#network.tellAll(message, { kind: "reaction", message, by, text });
    return atMs;
  }

  vote(message: Written, by: Person, options: readonly string[]): void {
    this.#requireMember(message, by);
    if (message.attributes["type"] !== "poll_creation") throw new Refusal(400, "it is no poll");
    const voter = this.#network.addressOf(by);
    this.#network.spread(message, "vote", { id: message.id, voter, options, atMs: Date.now() });
    this.#network.tellAll(message, { kind: "vote", message, by, options });
  }

  /** @param ack 2: delivered, 3: read, 4: played, -1: failed */
  acknowledge(message: Written, ack: number): void {
    for (const device of this.#network.devicesOf(message.sender)) {
      device.deliver("ack", { id: message.id, ack });
    }
  }

  #requireMember(message: Written, person: Person): void {
    if (membersOf(message.chat).includes(person)) return;
    throw new Refusal(404, "there is no such message in a chat of yours");
  }
}
