export { Bot, type BotOptions, type BotRunOptions, type Pattern } from "./bot.ts";
export type {
  BotContext,
  ChoiceContext,
  ChooseOptions,
  CommandContext,
  ContentType,
  MatchContext,
  MessageOf,
  ReplyOptions,
  TextContext,
} from "./bot-context.ts";
export type { BotHost, BotPlace, BotSupport, StoredSession } from "./bot-host.ts";
export type { Choice, Chosen } from "./menu.ts";
export type { Handler, Next } from "./middleware.ts";
