import type { Chat, Written } from "./conversation.ts";
import { remoteFor } from "./conversation.ts";
import type { Desk, Handlers } from "./handlers.ts";
import { marksOf, onWire } from "./person.ts";
import { Refusal } from "./refusal.ts";

type MessageCalls =
  | "send"
  | "edit"
  | "revoke"
  | "react"
  | "vote"
  | "seen"
  | "markChat"
  | "chatState"
  | "findChat"
  | "findPerson"
  | "rejectCall";

export function messageHandlers(desk: Desk): Pick<Handlers, MessageCalls> {
  const { network, actions, device, me } = desk;

  const chatOf = (address: string): Chat => {
    const group = network.groups.get(address);
    if (group) {
      if (!group.members.has(me())) throw new Refusal(403, "not in this group");
      return { kind: "group", group };
    }
    const person = network.find(address);
    if (!person) throw new Refusal(404, "nobody is there");
    return { kind: "direct", people: [me(), person] };
  };

  const message = (id: string): Written => {
    const found = network.messages.get(id);
    if (!found) throw new Refusal(404, "there is no such message");
    return found;
  };

  return {
    send: ({ to, id, attributes }) => {
      const chat = chatOf(to);
      if (chat.kind === "group" && chat.group.announce && !chat.group.isAdmin(me())) {
        throw new Refusal(403, "only admins write here");
      }
      return { t: network.write(chat, me(), attributes, { id, except: device }).t };
    },
    edit: ({ id, body }) => ({ t: actions.edit(message(id), me(), body, device) }),
    revoke: ({ id }) => actions.revoke(message(id), me(), device),
    react: ({ id, text }) => ({ t: actions.react(message(id), me(), text) }),
    vote: ({ id, options }) => actions.vote(message(id), me(), options),
    seen: ({ chat }) => {
      const where = chatOf(chat);
      const address = remoteFor(where, me(), network.addressing);
      me().marks.set(address, { ...marksOf(me(), address), markedUnread: false });
      for (const written of network.messages.values()) {
        if (written.sender === me() || written.isSeen) continue;
        if (!sameChat(written.chat, where)) continue;
        written.isSeen = true;
        actions.acknowledge(written, 3);
      }
    },
    markChat: ({ chat, marks }) => {
      const address = remoteFor(chatOf(chat), me(), network.addressing);
      me().marks.set(address, { ...marksOf(me(), address), ...marks });
    },
    chatState: ({ chat, state }) => {
      const where = chatOf(chat);
      const others = where.kind === "direct" ? where.people : [...where.group.members.keys()];
      for (const other of others) {
        if (other !== me()) network.tell(other, { kind: "typing", by: me(), state });
      }
    },
    findChat: ({ chat }) => {
      const group = network.groups.get(chat);
      if (group) return group.members.has(me()) ? { chat } : null;
      const person = network.find(chat);
      if (!person) return null;
      const direct: Chat = { kind: "direct", people: [me(), person] };
      return { chat: remoteFor(direct, me(), network.addressing) };
    },
    findPerson: ({ address }) => {
      me();
      const person = network.find(address);
      return person && onWire(person);
    },
    rejectCall: ({ id, peer }) => {
      const person = network.find(peer);
      if (!person) throw new Refusal(404, "nobody calls from there");
      network.tell(person, { kind: "call_rejected", by: me(), callId: id });
    },
  };
}

function sameChat(one: Chat, other: Chat): boolean {
  if (one.kind === "group") return other.kind === "group" && one.group === other.group;
  return other.kind === "direct" && one.people.every((person) => other.people.includes(person));
}
