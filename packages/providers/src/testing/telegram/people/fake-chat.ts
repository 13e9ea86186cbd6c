import type { WaitOptions } from "../../deadline.ts";
import type { ChatType, Message } from "../wire/types.ts";
import type { MemberStatus } from "../world/member.ts";
import type { Room } from "../world/room.ts";

/** A chat as somebody sees it who may see everything. */
export class FakeTelegramChat {
  /** @internal */
  readonly room: Room;

  /** @internal */
  constructor(room: Room) {
    this.room = room;
  }

  get id(): number {
    return this.room.id;
  }

  get type(): ChatType {
    return this.room.type;
  }

  get title(): string | undefined {
    return this.room.title;
  }

  get description(): string | undefined {
    return this.room.description;
  }

  get hasPhoto(): boolean {
    return this.room.hasPhoto;
  }

  /** What members may do; what is absent they may. */
  get permissions(): Readonly<Record<string, boolean>> {
    return this.room.permissions;
  }

  /** Ids of the pinned messages, oldest first. */
  get pinned(): readonly number[] {
    return this.room.pinned;
  }

  /** The newest messages as they are now, oldest first. */
  get messages(): readonly Message[] {
    return this.room.messages;
  }

  /** undefined for who was never in it. */
  statusOf(person: { readonly id: number }): MemberStatus | undefined {
    return this.room.members.get(person.id)?.status;
  }

  /** Emoji by the id of who reacted. */
  reactionsTo(messageId: number): Readonly<Record<string, readonly string[]>> {
    const reactions = this.room.find(messageId)?.reactions;
    return Object.fromEntries(
      [...(reactions ?? [])].map(([id, list]) => [id, list.map(({ emoji }) => emoji ?? "")]),
    );
  }

  /**
   * The first message, there already or still to come, that `matches` accepts; an edited message is
   * looked at again. @throws FakeTelegramError TIMEOUT, ABORTED, SERVER_CLOSED
   */
  waitFor(matches: (message: Message) => boolean, options?: WaitOptions): Promise<Message> {
    return this.room.waitFor(matches, options);
  }
}
