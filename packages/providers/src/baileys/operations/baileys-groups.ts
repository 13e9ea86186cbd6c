import {
  type GroupOperations,
  type GroupSettings,
  type GroupView,
  isOrquestaError,
  type MediaReference,
  type NewGroup,
  OrquestaError,
  type ParticipantResult,
} from "@orquesta/core";
import type { Address } from "../contact-directory.ts";
import { toGroupView } from "./group-view.ts";
import type { OperationParts } from "./operation-parts.ts";
import { refusalCodeOf } from "./platform-query.ts";
import { setPicture } from "./profile-picture.ts";

const INVITE_LINK = "https://chat.whatsapp.com/";
/** A code, alone or at the end of a link. */
const INVITE =
  /^(?:(?:https?:\/\/)?chat\.whatsapp\.com\/(?:invite\/)?)?([A-Za-z0-9_-]{8,64})(?:[/?#].*)?$/;

/** What WhatsApp's codes for one participant mean. */
const PARTICIPANT_REFUSALS: Readonly<Record<string, string>> = {
  "401": "they have blocked this account (401)",
  "403": "their privacy settings let nobody add them: send them the invite link (403)",
  "404": "they are not in the group, or not on WhatsApp (404)",
  "406": "WhatsApp does not allow it for them (406)",
  "408": "they left a short time ago and cannot be added yet (408)",
  "409": "they are in the group already (409)",
  "500": "the group is full (500)",
};

/** Groups of the account. */
export class BaileysGroups implements GroupOperations {
  readonly #parts: OperationParts;

  constructor(parts: OperationParts) {
    this.#parts = parts;
  }

  async create({ subject, participants }: NewGroup, signal: AbortSignal): Promise<GroupView> {
    const { socket, query, contacts } = this.#parts;
    const created = await query.run(
      "creating the group",
      () => socket.groupCreate(subject, [...participants]),
      signal,
    );
    return await toGroupView(created, contacts);
  }

  async get(groupId: string, signal: AbortSignal): Promise<GroupView> {
    const { socket, contacts } = this.#parts;
    const found = await this.#about(groupId, () => socket.groupMetadata(groupId), signal);
    return await toGroupView(found, contacts);
  }

  async list(signal: AbortSignal): Promise<readonly GroupView[]> {
    const { socket, query, contacts } = this.#parts;
    const found = await query.run("listing", () => socket.groupFetchAllParticipating(), signal);
    return await Promise.all(Object.values(found).map((group) => toGroupView(group, contacts)));
  }

  async changeParticipants(
    groupId: string,
    action: "add" | "remove" | "promote" | "demote",
    contactIds: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly ParticipantResult[]> {
    const { socket } = this.#parts;
    const answers = await this.#about(
      groupId,
      () => socket.groupParticipantsUpdate(groupId, [...contactIds], action),
      signal,
    );
    const results = new Map<string, string>();
    for (const { status, jid, content } of answers) {
      const { phone_number: phone, lid } = content.attrs;
      const address = { jid: jid ?? "", alternative: phone ?? lid ?? null };
      results.set(await this.#idOf(address), status);
    }
    const inOrder = contactIds.map(async (contactId) => {
      const status = results.get(await this.#idOf({ jid: contactId, alternative: null }));
      return toResult(contactId, status ?? "404");
    });
    return await Promise.all(inOrder);
  }

  async setSubject(groupId: string, subject: string, signal: AbortSignal): Promise<void> {
    const { socket } = this.#parts;
    await this.#about(groupId, () => socket.groupUpdateSubject(groupId, subject), signal);
  }

  async setDescription(
    groupId: string,
    description: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { socket } = this.#parts;
    const change = () => socket.groupUpdateDescription(groupId, description ?? undefined);
    await this.#about(groupId, change, signal);
  }

  async setPicture(
    groupId: string,
    picture: MediaReference | null,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#about(groupId, () => setPicture(this.#parts, groupId, picture), signal);
  }

  async inviteLink(groupId: string, signal: AbortSignal): Promise<string> {
    const { socket } = this.#parts;
    return toLink(await this.#about(groupId, () => socket.groupInviteCode(groupId), signal));
  }

  async revokeInviteLink(groupId: string, signal: AbortSignal): Promise<string> {
    const { socket } = this.#parts;
    return toLink(await this.#about(groupId, () => socket.groupRevokeInvite(groupId), signal));
  }

  async join(link: string, signal: AbortSignal): Promise<string> {
    const { socket, query } = this.#parts;
    const code = INVITE.exec(link.trim())?.[1];
    if (code === undefined) {
      const message = `an invite link of WhatsApp begins with ${INVITE_LINK}`;
      throw new OrquestaError("VALIDATION_FAILED", message, {
        details: [{ field: "link", message: "is no invite link" }],
      });
    }
    const joined = await query.run("joining", () => socket.groupAcceptInvite(code), signal);
    if (joined !== undefined) return joined;
    // Baileys reads the answer only where we are in already.
    const message = "an admin has to let the account in first: it has asked to join";
    throw new OrquestaError("OPERATION_REFUSED", message);
  }

  async leave(groupId: string, signal: AbortSignal): Promise<void> {
    const { socket } = this.#parts;
    await this.#about(groupId, () => socket.groupLeave(groupId), signal);
  }

  async setSettings(groupId: string, settings: GroupSettings, signal: AbortSignal): Promise<void> {
    const { socket } = this.#parts;
    const { announceOnly, locked, joinApproval } = settings;
    const change = async () => {
      if (announceOnly !== undefined) {
        const setting = announceOnly ? "announcement" : "not_announcement";
        await socket.groupSettingUpdate(groupId, setting);
      }
      if (locked !== undefined) {
        await socket.groupSettingUpdate(groupId, locked ? "locked" : "unlocked");
      }
      if (joinApproval !== undefined) {
        await socket.groupJoinApprovalMode(groupId, joinApproval ? "on" : "off");
      }
    };
    await this.#about(groupId, change, signal);
  }

  async setEphemeral(groupId: string, seconds: number | null, signal: AbortSignal): Promise<void> {
    const { socket } = this.#parts;
    await this.#about(groupId, () => socket.groupToggleEphemeral(groupId, seconds ?? 0), signal);
  }

  /** Asks about one group; what was known of it is forgotten, as it may be different now. */
  async #about<T>(groupId: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { query, groups } = this.#parts;
    try {
      return await query.run("the group's change", work, signal);
    } catch (error) {
      if (await this.#isUnknown(groupId, error, signal)) {
        const message = "the account is in no such group";
        throw new OrquestaError("GROUP_NOT_FOUND", message, { cause: error });
      }
      throw error;
    } finally {
      groups.forget(groupId);
    }
  }

  /** 403 is said to strangers and to those who are no admins. */
  async #isUnknown(groupId: string, error: unknown, signal: AbortSignal): Promise<boolean> {
    if (!isOrquestaError(error, "OPERATION_REFUSED")) return false;
    const code = refusalCodeOf(error);
    if (code !== 403) return code === 404;
    const { socket, query } = this.#parts;
    return await query
      .run("looking for the group", () => socket.groupMetadata(groupId), signal)
      .then(() => false)
      .catch((other: unknown) => [403, 404].includes(refusalCodeOf(other) ?? 0));
  }

  async #idOf(address: Address): Promise<string> {
    return (await this.#parts.contacts.identify(address, null, null)).id;
  }
}

function toLink(code: string | undefined): string {
  if (code !== undefined) return `${INVITE_LINK}${code}`;
  throw new OrquestaError("OPERATION_REFUSED", "WhatsApp gave no invite link");
}

function toResult(contactId: string, status: string): ParticipantResult {
  if (status === "200") return { contactId, ok: true, reason: null };
  const reason = PARTICIPANT_REFUSALS[status] ?? `WhatsApp says no (${status})`;
  return { contactId, ok: false, reason };
}
