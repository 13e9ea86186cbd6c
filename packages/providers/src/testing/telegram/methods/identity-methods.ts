import { badRequest } from "../wire/api-error.ts";
import { isJsonObject, type Parameters } from "../wire/parameters.ts";
import type { Call, Methods } from "./call.ts";

const MAX_COMMANDS = 100;

/** Who the bot is and what it offers. */
export const identityMethods: Methods = {
  getMe: ({ bot }: Call): object => ({
    ...bot.user,
    can_join_groups: true,
    can_read_all_group_messages: bot.readsAllGroupMessages,
    supports_inline_queries: false,
    can_connect_to_business: true,
    has_main_web_app: false,
  }),
  logOut: (): true => true,
  close: (): true => true,
  setMyCommands: ({ bot, parameters }: Call): true => {
    bot.commands.set(scopeOf(parameters), commandsOf(parameters));
    return true;
  },
  getMyCommands: ({ bot, parameters }: Call): readonly unknown[] =>
    bot.commands.get(scopeOf(parameters)) ?? [],
  deleteMyCommands: ({ bot, parameters }: Call): true => {
    bot.commands.delete(scopeOf(parameters));
    return true;
  },
  ...described("MyName", "name", 64),
  ...described("MyDescription", "description", 512),
  ...described("MyShortDescription", "short_description", 120),
  setChatMenuButton: (): true => true,
};

function described(method: string, field: string, limit: number): Methods {
  const keyOf = (parameters: Parameters): string => `${field}:${parameters.text("language_code")}`;
  return {
    [`set${method}`]: ({ bot, parameters }: Call): true => {
      const text = parameters.text(field);
      if (text.length > limit) throw badRequest(`${field.replaceAll("_", " ")} is too long`);
      bot.descriptions.set(keyOf(parameters), text);
      const isName = field === "name" && !parameters.has("language_code") && text !== "";
      if (isName) bot.user = { ...bot.user, first_name: text };
      return true;
    },
    [`get${method}`]: ({ bot, parameters }: Call): object => ({
      [field]:
        bot.descriptions.get(keyOf(parameters)) ??
        bot.descriptions.get(`${field}:`) ??
        (field === "name" ? bot.user.first_name : ""),
    }),
  };
}

function scopeOf(parameters: Parameters): string {
  const scope = parameters.object("scope", "BotCommandScope") ?? { type: "default" };
  return JSON.stringify([
    scope.type,
    scope.chat_id,
    scope.user_id,
    parameters.text("language_code"),
  ]);
}

function commandsOf(parameters: Parameters): readonly object[] {
  const commands = parameters.list("commands", "BotCommand") ?? [];
  if (commands.length > MAX_COMMANDS) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  return commands.map((value) => {
    const { command, description } = isJsonObject(value) ? value : {};
    const name = typeof command === "string" ? command.replace(/^\//, "") : "";
    if (!/^[a-z0-9_]{1,32}$/.test(name)) throw badRequest("BOT_COMMAND_INVALID");
    if (typeof description !== "string" || description === "" || description.length > 256) {
      throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
    }
    return { command: name, description };
  });
}
