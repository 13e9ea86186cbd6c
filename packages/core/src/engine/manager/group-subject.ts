import type { WaitOptions } from "../error/abort.ts";
import { parse } from "../error/parse.ts";
import type { MediaSource } from "../message/media-source.ts";
import type {
  GroupSettings,
  GroupView,
  NewGroup,
  ParticipantResult,
} from "../provider/operations/group-operations.ts";
import type { OperationDesk } from "./operation-desk.ts";
import {
  descriptionSchema,
  ephemeralSchema,
  groupSettingsSchema,
  idsSchema,
  linkSchema,
  newGroupSchema,
  participantActionSchema,
  subjectSchema,
} from "./operation-input.ts";
import { takePicture } from "./take-picture.ts";

/**
 * `manager.groups`. Each may throw VALIDATION_FAILED, INSTANCE_NOT_FOUND, CAPABILITY_MISSING,
 * INSTANCE_NOT_RUNNING, SESSION_CLOSED, GROUP_NOT_FOUND, OPERATION_REFUSED (the account lacks the right,
 * or the platform says no), TIMED_OUT (after 30 s unless told otherwise) and ABORTED.
 */
export class GroupSubject {
  readonly #desk: OperationDesk;

  constructor(desk: OperationDesk) {
    this.#desk = desk;
  }

  /** Every call makes another one. @param group participants: contacts as people write them, or their ids */
  create(instanceId: string, group: NewGroup, options: WaitOptions = {}): Promise<GroupView> {
    return this.#desk.run(
      instanceId,
      "groups.create",
      options,
      ({ groups }, { provider, signal }) => {
        const { subject, participants } = parse(newGroupSchema, group, "group");
        const ids = participants.map((id) => provider.parseChatId(id));
        return groups?.create?.({ subject, participants: ids }, signal);
      },
    );
  }

  get(instanceId: string, groupId: string, options: WaitOptions = {}): Promise<GroupView> {
    return this.#desk.run(instanceId, "groups.get", options, ({ groups }, { provider, signal }) =>
      groups?.get?.(provider.parseChatId(groupId), signal),
    );
  }

  /** Those that the account is in. */
  list(instanceId: string, options: WaitOptions = {}): Promise<readonly GroupView[]> {
    return this.#desk.run(instanceId, "groups.list", options, ({ groups }, { signal }) =>
      groups?.list?.(signal),
    );
  }

  /** One result for each, in their order: some may be done and others not. */
  changeParticipants(
    instanceId: string,
    groupId: string,
    action: "add" | "remove" | "promote" | "demote",
    contactIds: readonly string[],
    options: WaitOptions = {},
  ): Promise<readonly ParticipantResult[]> {
    return this.#desk.run(
      instanceId,
      "groups.changeParticipants",
      options,
      ({ groups }, { provider, signal }) => {
        const wanted = parse(participantActionSchema, action, "action");
        const ids = parse(idsSchema, contactIds, "contacts").map((id) => provider.parseChatId(id));
        return groups?.changeParticipants?.(provider.parseChatId(groupId), wanted, ids, signal);
      },
    );
  }

  setSubject(
    instanceId: string,
    groupId: string,
    subject: string,
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(
      instanceId,
      "groups.setSubject",
      options,
      ({ groups }, { provider, signal }) => {
        const text = parse(subjectSchema, subject, "subject");
        return groups?.setSubject?.(provider.parseChatId(groupId), text, signal);
      },
    );
  }

  /** @param description null takes it away */
  setDescription(
    instanceId: string,
    groupId: string,
    description: string | null,
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(
      instanceId,
      "groups.setDescription",
      options,
      ({ groups }, { provider, signal }) => {
        const text = parse(descriptionSchema, description, "description");
        return groups?.setDescription?.(provider.parseChatId(groupId), text, signal);
      },
    );
  }

  /** @param picture a JPEG; null takes it away. @throws what media throw */
  setPicture(
    instanceId: string,
    groupId: string,
    picture: MediaSource | null,
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(instanceId, "groups.setPicture", options, ({ groups }, place) => {
      const { setPicture } = groups ?? {};
      if (!groups || !setPicture) return undefined;
      const id = place.provider.parseChatId(groupId);
      return takePicture(picture, place).then((kept) =>
        setPicture.call(groups, id, kept, place.signal),
      );
    });
  }

  /** A URL that lets whoever opens it join. */
  inviteLink(instanceId: string, groupId: string, options: WaitOptions = {}): Promise<string> {
    return this.#desk.run(
      instanceId,
      "groups.inviteLink",
      options,
      ({ groups }, { provider, signal }) =>
        groups?.inviteLink?.(provider.parseChatId(groupId), signal),
    );
  }

  /** The former link is dead from now on. @returns the new one */
  revokeInviteLink(
    instanceId: string,
    groupId: string,
    options: WaitOptions = {},
  ): Promise<string> {
    return this.#desk.run(
      instanceId,
      "groups.revokeInviteLink",
      options,
      ({ groups }, { provider, signal }) =>
        groups?.revokeInviteLink?.(provider.parseChatId(groupId), signal),
    );
  }

  /** @param link as `inviteLink` gives it, or its code. @returns the group's id */
  join(instanceId: string, link: string, options: WaitOptions = {}): Promise<string> {
    return this.#desk.run(instanceId, "groups.join", options, ({ groups }, { signal }) =>
      groups?.join?.(parse(linkSchema, link, "link"), signal),
    );
  }

  leave(instanceId: string, groupId: string, options: WaitOptions = {}): Promise<void> {
    return this.#desk.run(instanceId, "groups.leave", options, ({ groups }, { provider, signal }) =>
      groups?.leave?.(provider.parseChatId(groupId), signal),
    );
  }

  /** Changes what is given. */
  setSettings(
    instanceId: string,
    groupId: string,
    settings: GroupSettings,
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(
      instanceId,
      "groups.setSettings",
      options,
      ({ groups }, { provider, signal }) => {
        const changes = parse(groupSettingsSchema, settings, "settings");
        return groups?.setSettings?.(provider.parseChatId(groupId), changes, signal);
      },
    );
  }

  /** @param seconds after which messages vanish; null: never */
  setEphemeral(
    instanceId: string,
    groupId: string,
    seconds: number | null,
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(
      instanceId,
      "groups.setEphemeral",
      options,
      ({ groups }, { provider, signal }) => {
        const after = parse(ephemeralSchema, seconds, "seconds");
        return groups?.setEphemeral?.(provider.parseChatId(groupId), after, signal);
      },
    );
  }
}
