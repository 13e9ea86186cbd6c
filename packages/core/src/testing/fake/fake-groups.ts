import { randomInt, randomUUID } from "node:crypto";
import {
  type GroupParticipant,
  type GroupView,
  type NewGroup,
  OrquestaError,
  type ParticipantResult,
} from "../../index.ts";
import { fakeContact } from "./fake-contact.ts";

/** The groups that an account is in, and those that it may join. */
export class FakeGroups {
  readonly #groups = new Map<string, GroupView>();
  readonly #links = new Map<string, string>();
  /** Groups that the account is not in, by the link that lets it join. */
  readonly #open = new Map<string, GroupView>();

  /** @throws GROUP_NOT_FOUND */
  get(id: string): GroupView {
    const group = this.#groups.get(id);
    if (group) return group;
    throw new OrquestaError("GROUP_NOT_FOUND", "the account is in no such group");
  }

  list(): GroupView[] {
    return [...this.#groups.values()];
  }

  create({ subject, participants }: NewGroup, account: string): GroupView {
    const group = newGroup(subject, account, [account, ...participants]);
    this.#groups.set(group.id, group);
    return group;
  }

  /** A group of others. @returns the link that lets the account join */
  open(subject: string, owner: string): { readonly link: string; readonly id: string } {
    const group = newGroup(subject, owner, [owner]);
    const link = newLink();
    this.#open.set(link, group);
    return { link, id: group.id };
  }

  join(link: string, account: string): string {
    const group = this.#open.get(link);
    if (!group) throw new OrquestaError("OPERATION_REFUSED", "the fake platform: the link is dead");
    const participants = [...group.participants, member(account)];
    this.#groups.set(group.id, { ...group, participants, size: participants.length });
    return group.id;
  }

  leave(id: string): void {
    this.get(id);
    this.#groups.delete(id);
  }

  change(id: string, changes: Partial<GroupView>): void {
    this.#groups.set(id, { ...this.get(id), ...changes });
  }

  changeParticipant(
    id: string,
    action: "add" | "remove" | "promote" | "demote",
    contactId: string,
  ): ParticipantResult {
    const { participants } = this.get(id);
    const others = participants.filter(({ contact }) => contact.id !== contactId);
    const isIn = others.length < participants.length;
    if (isIn === (action === "add")) {
      const reason = isIn ? "is in the group already" : "is not in the group";
      return { contactId, ok: false, reason };
    }
    const role = action === "promote" ? "admin" : "member";
    const now = action === "remove" ? others : [...others, { ...member(contactId), role } as const];
    this.change(id, { participants: now, size: now.length });
    return { contactId, ok: true, reason: null };
  }

  link(id: string): string {
    this.get(id);
    const link = this.#links.get(id) ?? newLink();
    this.#links.set(id, link);
    return link;
  }

  revokeLink(id: string): string {
    this.#links.delete(id);
    return this.link(id);
  }
}

function newLink(): string {
  return `https://fake.invalid/${randomUUID()}`;
}

function member(id: string): GroupParticipant {
  return { contact: fakeContact(id, null), role: "member" };
}

function newGroup(subject: string, owner: string, ids: readonly string[]): GroupView {
  return {
    id: `99${randomInt(1e9, 9e9)}`,
    subject,
    description: null,
    createdAt: new Date().toISOString(),
    ownerId: owner,
    size: ids.length,
    participants: ids.map((id) => (id === owner ? { ...member(id), role: "owner" } : member(id))),
    announceOnly: false,
    locked: false,
    joinApproval: false,
    ephemeralSeconds: null,
  };
}
