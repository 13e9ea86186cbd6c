import { badRequest } from "../wire/api-error.ts";
import type { Call, Methods } from "./call.ts";

const MAX_ANSWER = 200;
const TOO_OLD = "query is too old and response timeout expired or query ID is invalid";

export const callbackMethods: Methods = {
  answerCallbackQuery: ({ bot, parameters }: Call): true => {
    const id = parameters.text("callback_query_id");
    const open = bot.callbacks.get(id);
    if (!open) throw badRequest(TOO_OLD);
    const text = parameters.text("text");
    if (text.length > MAX_ANSWER) throw badRequest("MESSAGE_TOO_LONG");
    const url = parameters.optionalText("url");
    bot.callbacks.delete(id);
    open.answer({
      ...(text === "" ? {} : { text }),
      showAlert: parameters.flag("show_alert"),
      ...(url === undefined ? {} : { url }),
    });
    return true;
  },
};
