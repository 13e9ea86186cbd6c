import type { Msg } from "../models.ts";
import { MsgKey, type Wid } from "../wid.ts";
import type { Modules } from "./modules.ts";

/** What hangs on messages. The library listens by wrapping these functions. */
export class AddonTables {
  readonly #reactions = { bulkUpsert: (_rows: readonly object[]): void => {} };
  readonly #votes = { bulkUpsert: (_rows: readonly object[]): void => {} };

  get modules(): Modules {
    return {
      WAWebAddonReactionTableMode: { reactionTableMode: this.#reactions },
      WAWebAddonPollVoteTableMode: { pollVoteTableMode: this.#votes },
    };
  }

  react(parent: Msg, sender: Wid, text: string, atMs: number): void {
    const row = {
      id: addonKey(parent, sender),
      reactionParentKey: parent.id,
      reactionText: text,
      reactionTimestamp: atMs,
      from: sender,
      orphan: 0,
      read: false,
    };
    this.#reactions.bulkUpsert([row]);
  }

  vote(poll: Msg, voter: Wid, options: readonly string[], atMs: number): void {
    const chosen = (poll.pollOptions ?? []).filter(({ name }) => options.includes(name));
    const row = {
      id: addonKey(poll, voter),
      pollUpdateParentKey: poll.id,
      from: voter,
      t: atMs,
      senderTimestampMs: atMs,
      selectedOptionLocalIds: chosen.map(({ localId }) => localId),
    };
    this.#votes.bulkUpsert([row]);
  }
}

function addonKey(parent: Msg, sender: Wid): MsgKey {
  const { remote } = parent.id;
  return new MsgKey({ remote, fromMe: false, id: MsgKey.newId(), participant: sender });
}
