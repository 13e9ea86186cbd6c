import type { Contact, DurableEvent, GroupChange } from "@orquesta/core";
import type { BinaryNode } from "@whiskeysockets/baileys";
import type { ContactDirectory } from "../contact-directory.ts";
import { toIso } from "../incoming/stanza-envelope.ts";
import { isGroupJid } from "../jid.ts";

/** Settings by the tag that says them. */
const SETTINGS: Readonly<Record<string, object>> = {
  announcement: { announceOnly: true },
  not_announcement: { announceOnly: false },
  locked: { locked: true },
  unlocked: { locked: false },
  not_ephemeral: { ephemeralSeconds: null },
};
const MEMBERSHIP = {
  add: "joined",
  create: "joined",
  remove: "left",
  leave: "left",
  promote: "promoted",
  demote: "demoted",
} as const;

/** Turns notifications about groups into events. */
export class GroupChanges {
  readonly #contacts: ContactDirectory;

  constructor(contacts: ContactDirectory) {
    this.#contacts = contacts;
  }

  async read({ attrs, content }: BinaryNode): Promise<DurableEvent[]> {
    const { id, from, type, participant } = attrs;
    if (!id || !from || !isGroupJid(from)) return [];
    if (type !== "w:gp2" && type !== "picture") return [];
    const actor = participant
      ? await this.#identify(participant, attrs["participant_pn"] ?? attrs["participant_lid"])
      : null;
    const changes = Array.isArray(content) ? content : [];
    const events = changes.map(async (node, index): Promise<DurableEvent[]> => {
      const change =
        type === "picture" ? ({ kind: "picture" } as const) : await this.#toChange(node);
      if (change === null) return [];
      return [
        {
          name: "group.changed",
          data: { chatId: from, actor, change, changedAt: toIso(attrs["t"]) },
          chatId: from,
          dedupeKey: `group|${from}|${id}|${index}`,
        },
      ];
    });
    return (await Promise.all(events)).flat();
  }

  async #toChange(node: BinaryNode): Promise<GroupChange | null> {
    const { tag, attrs } = node;
    if (isMembership(tag)) {
      const participants = await this.#participantsOf(
        tag === "create" ? child(node, "group") : node,
      );
      return participants.length === 0 ? null : { kind: MEMBERSHIP[tag], participants };
    }
    if (tag === "subject") return { kind: "subject", subject: attrs["subject"] ?? "" };
    if (tag === "description")
      return { kind: "description", description: textOf(child(node, "body")) };
    if (tag === "invite") return { kind: "invite_link" };
    if (tag === "ephemeral") {
      return { kind: "settings", ephemeralSeconds: Number(attrs["expiration"]) || null };
    }
    if (tag === "membership_approval_mode") {
      return { kind: "settings", joinApproval: child(node, "group_join")?.attrs["state"] === "on" };
    }
    const settings = SETTINGS[tag];
    return settings === undefined ? null : { kind: "settings", ...settings };
  }

  async #participantsOf(node: BinaryNode | undefined): Promise<Contact[]> {
    const listed = Array.isArray(node?.content) ? node.content : [];
    const people = listed.filter(({ tag }) => tag === "participant");
    return await Promise.all(
      people.map(({ attrs }) =>
        this.#identify(attrs["jid"] ?? "", attrs["phone_number"] ?? attrs["lid"]),
      ),
    );
  }

  /** Who is only named in a group has not been met. */
  async #identify(jid: string, alternative: string | undefined): Promise<Contact> {
    return await this.#contacts.identify({ jid, alternative: alternative ?? null }, null, null);
  }
}

function isMembership(tag: string): tag is keyof typeof MEMBERSHIP {
  return tag in MEMBERSHIP;
}

function child(node: BinaryNode, tag: string): BinaryNode | undefined {
  return Array.isArray(node.content) ? node.content.find((one) => one.tag === tag) : undefined;
}

function textOf(node: BinaryNode | undefined): string | null {
  const { content } = node ?? {};
  if (typeof content === "string") return content;
  return content instanceof Uint8Array ? Buffer.from(content).toString("utf8") : null;
}
