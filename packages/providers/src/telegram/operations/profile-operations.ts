import type { ProfileOperations } from "@orquesta/core";
import type { BotUser } from "../api/bot-api-types.ts";
import { contactOfUser } from "../incoming/contact.ts";
import { ask, askFor } from "./ask.ts";
import type { OperationParts } from "./operation-parts.ts";

type Profile = Pick<ProfileOperations, "get" | "setName" | "setAbout">;

/** "About" is what Telegram calls the short description: people see it in the bot's profile. */
export function makeProfileOperations({ api }: OperationParts): Profile {
  return {
    async get(signal) {
      const me = await askFor<BotUser>(api, "getMe", {}, { signal });
      const { short_description } = await askFor<{ readonly short_description?: string }>(
        api,
        "getMyShortDescription",
        {},
        { signal },
      );
      return { ...contactOfUser(me), about: short_description || null };
    },
    async setName(name, signal) {
      await ask(api, "setMyName", { name }, { signal });
    },
    async setAbout(about, signal) {
      await ask(api, "setMyShortDescription", { short_description: about }, { signal });
    },
  };
}
