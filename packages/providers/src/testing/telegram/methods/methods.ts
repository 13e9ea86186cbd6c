import { ApiError } from "../wire/api-error.ts";
import { businessMethods } from "./business-methods.ts";
import type { Call, Method, Methods } from "./call.ts";
import { callbackMethods } from "./callback-methods.ts";
import { chatMethods } from "./chat-methods.ts";
import { contentMethods } from "./content-methods.ts";
import { copyMethods } from "./copy-methods.ts";
import { editMethods } from "./edit-methods.ts";
import { identityMethods } from "./identity-methods.ts";
import { mediaMethods } from "./media-methods.ts";
import { memberMethods } from "./member-methods.ts";
import { reactionMethods } from "./reaction-methods.ts";
import { updateMethods } from "./update-methods.ts";

const METHODS: Methods = {
  ...identityMethods,
  ...updateMethods,
  ...contentMethods,
  ...mediaMethods,
  ...copyMethods,
  ...editMethods,
  ...reactionMethods,
  ...callbackMethods,
  ...chatMethods,
  ...memberMethods,
  ...businessMethods,
};

/** The Bot API takes the names of its methods in any case of letters. */
const BY_LOWER_CASE: ReadonlyMap<string, Method> = new Map(
  Object.entries(METHODS).map(([name, method]) => [name.toLowerCase(), method]),
);

/** @throws ApiError 404 (no such method) and what the method refuses */
export async function runMethod(name: string, call: Call): Promise<unknown> {
  const method = BY_LOWER_CASE.get(name.toLowerCase());
  if (!method) throw new ApiError(404, "Not Found: method not found");
  return await method(call);
}
