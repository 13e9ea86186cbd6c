import { badRequest } from "../wire/api-error.ts";
import { isJsonObject } from "../wire/parameters.ts";
import type { ReactionType } from "../wire/types.ts";
import type { Call, Methods } from "./call.ts";
import { roomOf } from "./chat-access.ts";

/** https://core.telegram.org/bots/api#reactiontypeemoji */
const EMOJI = new Set(
  "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split(
    " ",
  ),
);

export const reactionMethods: Methods = {
  setMessageReaction: (call: Call): true => {
    const room = roomOf(call);
    const stored = room.get(call.parameters.integer("message_id"), "message to react");
    const reactions = (call.parameters.list("reaction", "ReactionType") ?? []).map(reactionOf);
    // Bots may leave one; only people with Premium more.
    if (reactions.length > 1) throw badRequest("REACTIONS_TOO_MANY");
    if (reactions.length === 0) stored.reactions.delete(call.bot.id);
    else stored.reactions.set(call.bot.id, reactions);
    return true;
  },
};

/** @throws ApiError 400 for an emoji that Telegram has no reaction of */
export function reactionOf(value: unknown): ReactionType {
  if (!isJsonObject(value)) throw badRequest("can't parse ReactionType: expected an Object");
  const { type, emoji, custom_emoji_id: customId } = value;
  if (type === "custom_emoji" && typeof customId === "string") {
    return { type, custom_emoji_id: customId };
  }
  if (type !== "emoji" || typeof emoji !== "string") throw badRequest("REACTION_INVALID");
  if (!EMOJI.has(emoji)) throw badRequest("REACTION_INVALID");
  return { type, emoji };
}
