import { FakeTelegramError } from "../fake-telegram-error.ts";
import { reactionOf } from "../methods/reaction-methods.ts";
import { ApiError } from "../wire/api-error.ts";
import type { ReactionType, User } from "../wire/types.ts";
import { isAdministrator } from "../world/member.ts";
import { messageForBot } from "../world/message-view.ts";
import type { Room, StoredMessage } from "../world/room.ts";
import type { Scene } from "./fake-chat.ts";
import { Press } from "./press.ts";

/** Presses the button with that data or text. */
export function pressButton(
  { world }: Scene,
  user: User,
  { message, authorId }: StoredMessage,
  button: string,
): Press {
  const buttons = (message.reply_markup?.inline_keyboard ?? []).flat();
  const found =
    buttons.find(({ callback_data }) => callback_data === button) ??
    buttons.find(({ text }) => text === button);
  const bot = world.botById(authorId);
  if (!bot || found?.callback_data === undefined) {
    throw new FakeTelegramError("NO_BUTTON", `message ${message.message_id} has no such button`);
  }
  const query = {
    id: String(4_000_000_000_000_000 + world.count()),
    from: user,
    message: messageForBot(bot.id, message),
    chat_instance: String(message.chat.id * 7),
    data: found.callback_data,
  };
  const press = new Press(bot, query);
  bot.updates.push("callback_query", query);
  return press;
}

/** https://core.telegram.org/bots/api#pollanswer: only of polls that are not anonymous. */
export function vote(
  { world }: Scene,
  user: User,
  room: Room,
  stored: StoredMessage,
  options: readonly number[],
): void {
  const box = world.polls.get(stored.message.poll?.id ?? "");
  if (!box) throw new FakeTelegramError("UNKNOWN_MESSAGE", "the message is no poll");
  allowed(() => box.vote(user.id, options));
  room.change(stored, { poll: box.poll });
  const bot = world.botById(box.setup.askedBy);
  if (!bot) return;
  bot.updates.push("poll", box.poll);
  if (box.setup.isAnonymous) return;
  bot.updates.push("poll_answer", { poll_id: box.setup.id, user, option_ids: options });
}

/** Bots hear of reactions in private chats, and where they are administrators. */
export function react(
  { post }: Scene,
  user: User,
  room: Room,
  stored: StoredMessage,
  emoji: string | null,
): void {
  const before = stored.reactions.get(user.id) ?? [];
  const after = emoji === null ? [] : [allowed(() => reactionOf({ type: "emoji", emoji }))];
  if (after.length === 0) stored.reactions.delete(user.id);
  else stored.reactions.set(user.id, after);
  const { message_id } = stored.message;
  const base = { chat: room.chat, message_id, date: Math.floor(Date.now() / 1_000) };
  for (const bot of post.botsIn(room)) {
    const member = room.member(bot.id);
    if (room.type !== "private" && !(member && isAdministrator(member))) continue;
    if (room.type === "channel") {
      const reactions = counted([...stored.reactions.values()].flat());
      bot.updates.push("message_reaction_count", { ...base, reactions });
    } else {
      const change = { user, old_reaction: before, new_reaction: after };
      bot.updates.push("message_reaction", { ...base, ...change });
    }
  }
}

function counted(reactions: readonly ReactionType[]): readonly object[] {
  const totals = new Map<string, number>();
  for (const { emoji = "" } of reactions) totals.set(emoji, (totals.get(emoji) ?? 0) + 1);
  return [...totals].map(([emoji, total_count]) => ({
    type: { type: "emoji", emoji },
    total_count,
  }));
}

/** What the app does not offer to a person is an error of the test. */
function allowed<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new FakeTelegramError("NOT_ALLOWED", error.message, { cause: error });
  }
}
