import type { WaitOptions } from "../../deadline.ts";
import { FakeTelegramError } from "../fake-telegram-error.ts";
import type { ChatType, Message, User } from "../wire/types.ts";
import {
  ADMINISTRATOR_RIGHTS,
  type AdministratorRight,
  type MemberStatus,
} from "../world/member.ts";
import type { Membership } from "../world/membership.ts";
import type { PostOffice } from "../world/post-office.ts";
import type { Room } from "../world/room.ts";
import type { World } from "../world/world.ts";

/** What the people of the fake act on. */
export interface Scene {
  readonly world: World;
  readonly post: PostOffice;
  readonly changes: Membership;
}

/** A person or a bot. */
interface Somebody {
  readonly id: number;
}

/** A chat as its owner sees it. */
export class FakeTelegramChat {
  /** @internal */
  readonly room: Room;
  readonly #scene: Scene;

  /** @internal */
  constructor(scene: Scene, room: Room) {
    this.#scene = scene;
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
    return this.room.photo !== undefined;
  }

  /** What members may do; what is absent they may. */
  get permissions(): Readonly<Record<string, boolean>> {
    return this.room.permissions;
  }

  /** Ids of the pinned messages, oldest first. */
  get pinned(): readonly number[] {
    return this.room.pinned;
  }

  /** The newest message that a bot marked as read, in a chat of a business connection; 0 for none. */
  get readUpTo(): number {
    return this.room.readUpTo;
  }

  /** The newest messages as they are now, oldest first. */
  get messages(): readonly Message[] {
    return this.room.messages;
  }

  /** undefined for who was never in it. */
  statusOf({ id }: Somebody): MemberStatus | undefined {
    return this.room.members.get(id)?.status;
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

  /** Lets somebody in. */
  add(somebody: Somebody): void {
    this.#scene.changes.join(this.#current, this.#userOf(somebody), this.#owner);
  }

  /** Throws somebody out; they stay banned. */
  remove(somebody: Somebody): void {
    this.#scene.changes.leave(this.#current, this.#userOf(somebody), this.#owner);
  }

  /** Makes somebody an administrator. @param rights all by default */
  promote(somebody: Somebody, rights: readonly AdministratorRight[] = ADMINISTRATOR_RIGHTS): void {
    const member = { user: this.#userOf(somebody), status: "administrator" as const, rights };
    this.#scene.changes.set(this.#current, member, this.#owner);
  }

  demote(somebody: Somebody): void {
    const member = { user: this.#userOf(somebody), status: "member" as const, rights: [] };
    this.#scene.changes.set(this.#current, member, this.#owner);
  }

  /** Its owner gives it another name. */
  setTitle(title: string): void {
    this.#current.title = title;
    this.#scene.post.post(this.#current, this.#owner, { new_chat_title: title });
  }

  /** Its owner pins a message. */
  pin(messageId: number): void {
    const stored = this.#current.find(messageId);
    if (!stored) throw new FakeTelegramError("UNKNOWN_MESSAGE", `no message ${messageId}`);
    this.#current.pinned.push(messageId);
    this.#scene.post.post(this.#current, this.#owner, { pinned_message: stored.message });
  }

  /**
   * A group becomes a supergroup with another id; who sends to the old one is told so.
   * @throws FakeTelegramError NOT_ALLOWED
   */
  migrate(): FakeTelegramChat {
    const { world, post } = this.#scene;
    const old = this.room;
    if (old.type !== "group" || old.migratedTo) {
      throw new FakeTelegramError("NOT_ALLOWED", "only a group becomes a supergroup, and once");
    }
    const owner = this.#owner;
    const room = world.createRoom("supergroup", old.title ?? "", owner);
    for (const [id, member] of old.members) room.members.set(id, member);
    post.post(old, owner, { migrate_to_chat_id: room.id });
    old.migratedTo = room;
    post.post(room, owner, { migrate_from_chat_id: old.id });
    return new FakeTelegramChat(this.#scene, room);
  }

  /** A link into it that its owner made. */
  createInviteLink({ asks = false }: { readonly asks?: boolean } = {}): string {
    const url = `https://t.me/+owner${this.#scene.world.count()}`;
    this.#current.inviteLinks.set(url, {
      invite_link: url,
      creator: this.#owner,
      creates_join_request: asks,
      is_primary: false,
      is_revoked: false,
    });
    return url;
  }

  get #current(): Room {
    return this.room.migratedTo ?? this.room;
  }

  get #owner(): User {
    for (const { user, status } of this.room.members.values())
      if (status === "creator") return user;
    throw new FakeTelegramError("NOT_ALLOWED", "a private chat has no owner");
  }

  #userOf({ id }: Somebody): User {
    const { world } = this.#scene;
    const user = world.users.get(id) ?? world.botById(id)?.user;
    if (!user) throw new FakeTelegramError("UNKNOWN_CHAT", `nobody has the id ${id}`);
    return user;
  }
}
