import type { Deliveries, DeliveryName, ToPage } from "../protocol.ts";
import type { AddonTables } from "./modules/addons.ts";
import { createWid } from "./wid.ts";
import type { World } from "./world.ts";

type Delivery = Extract<ToPage, { readonly seq: number }>;
type Takers = {
  readonly [Name in DeliveryName]: (data: Deliveries[Name], seq: number) => Promise<void>;
};

/**
 * Takes what the service sends, one after the other: first into the profile, then the service is told,
 * then the library. What is between the second and the third is lost to whoever reads the library.
 */
export class DeliveryDesk {
  readonly #world: World;
  readonly #takers: Takers;
  #queue: Promise<void> = Promise.resolve();

  constructor(world: World, tables: AddonTables) {
    this.#world = world;
    this.#takers = takersFor(world, tables);
  }

  take({ seq, delivery, data }: Delivery): void {
    this.#queue = this.#queue.then(async () => {
      if (seq <= this.#world.profile.facts.seen) return;
      const taker = this.#takers[delivery] as (data: unknown, seq: number) => Promise<void>;
      await taker(data, seq);
    });
  }
}

function takersFor(world: World, tables: AddonTables): Takers {
  const { profile } = world;
  const store = async (seq: number): Promise<void> => {
    await profile.write({ seen: seq }, []);
    await world.line.ask("stored", { seen: seq });
  };
  const change = async (id: string, seq: number, changes: object): Promise<void> => {
    const before = profile.messages.get(id)?.changes;
    await profile.change(id, seq, { changes: { ...before, ...changes } });
    await world.line.ask("stored", { seen: seq });
    world.byId(id)?.set(changes);
  };
  const changeAck = async (id: string, seq: number, ack: number): Promise<void> => {
    const known = profile.messages.get(id);
    if (known && known.ack >= ack && ack >= 0) return await store(seq);
    await profile.change(id, seq, { ack });
    await world.line.ask("stored", { seen: seq });
    world.byId(id)?.set({ ack });
  };
  return {
    paired: async ({ me }, seq) => {
      world.takeMe(me);
      await profile.write({ isLinked: true, seen: seq }, []);
      await world.line.ask("stored", { seen: seq });
      world.socket.set({ state: "CONNECTED" });
    },
    person: async (person, seq) => {
      world.takePerson(person);
      await store(seq);
    },
    message: async (message, seq) => {
      const isShown = message.attributes["type"] !== "gp2";
      const stored = { ...message, changes: {}, isUnread: !message.fromMe && isShown };
      await profile.write({ seen: seq }, [stored]);
      await world.line.ask("stored", { seen: seq });
      world.show(stored, true);
    },
    ack: ({ id, ack }, seq) => changeAck(id, seq, ack),
    edited: ({ id, body, atMs }, seq) => {
      const isMedia = "directPath" in (profile.messages.get(id)?.attributes ?? {});
      const wording = isMedia ? { caption: body } : { body };
      return change(id, seq, { ...wording, latestEditSenderTimestampMs: atMs });
    },
    revoked: ({ id, by }, seq) =>
      change(id, seq, {
        type: "revoked",
        body: undefined,
        caption: undefined,
        directPath: undefined,
        revokeSender: createWid(by),
      }),
    reaction: async ({ id, sender, text, atMs }, seq) => {
      await store(seq);
      const parent = world.byId(id);
      if (!parent) return;
      parent.set({ hasReaction: true });
      tables.react(parent, createWid(sender), text, atMs);
    },
    vote: async ({ id, voter, options, atMs }, seq) => {
      await store(seq);
      const poll = world.byId(id);
      if (poll) tables.vote(poll, createWid(voter), options, atMs);
    },
    group: async (group, seq) => {
      world.takeGroup(group);
      await store(seq);
    },
    left: async ({ id }, seq) => {
      await store(seq);
      world.chats.get(id)?.set({ isReadOnly: true });
    },
  };
}
