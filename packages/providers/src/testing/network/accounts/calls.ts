import { randomBytes } from "node:crypto";
import { child, nowSeconds, type Stanza, stanza } from "../../wire/stanza.ts";
import type { Companion, CompanionLink } from "../companion.ts";
import type { Network } from "../network.ts";
import { notificationKey } from "../notifications.ts";
import type { User } from "../user.ts";

export interface CallOptions {
  readonly video?: boolean;
}

/** A call that somebody makes to an account. */
export class Call {
  readonly id = randomBytes(16).toString("hex").toUpperCase();
  /** Whether the account has refused it. */
  isRejected = false;
  readonly #caller: User;
  readonly #called: User;

  constructor(caller: User, called: User, { video = false }: CallOptions) {
    this.#caller = caller;
    this.#called = called;
    const media = stanza(video ? "video" : "audio", { enc: video ? "vp8" : "opus" });
    this.#tell(stanza("offer", this.#attributes(), [media]));
  }

  /** The caller gives up, or nobody answered in time. */
  end(reason: "hangup" | "timeout" = "timeout"): void {
    this.#tell(stanza("terminate", { ...this.#attributes(), reason }));
  }

  /** It was answered on another device of the account. */
  answerElsewhere(): void {
    this.#tell(stanza("terminate", { ...this.#attributes(), reason: "accepted_elsewhere" }));
  }

  #attributes(): Record<string, string> {
    const { lid, jid } = this.#caller;
    return { "call-id": this.id, "call-creator": lid, caller_pn: jid };
  }

  #tell(what: Stanza): void {
    for (const companion of this.#called.companions.values()) {
      const id = randomBytes(8).toString("hex").toUpperCase();
      const from = this.#caller.lid;
      const node = stanza("call", { id, from, t: nowSeconds(), notify: this.#caller.name }, [what]);
      companion.queue.add({ key: notificationKey(id), id, kind: "call", from, node });
    }
  }
}

/** Takes the `<call>` of an account: the only one that is known is a refusal. */
export function handleCall(
  network: Network,
  from: Companion,
  link: CompanionLink,
  node: Stanza,
): void {
  const callId = child(node, "reject")?.attrs["call-id"] ?? "";
  const call = network.calls.get(callId);
  if (call !== undefined) call.isRejected = true;
  const { id, to } = node.attrs;
  const error = call === undefined ? "404" : undefined;
  link.send(stanza("ack", { class: "call", type: "reject", id, from: to, error }));
  if (call !== undefined) network.events.emit("callRejected", { number: from.number, id: callId });
}
