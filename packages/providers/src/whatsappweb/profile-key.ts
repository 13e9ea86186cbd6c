import type { SessionContext } from "@orquesta/core";
import { newProfileName } from "./browser/browser-profile.ts";

const TYPE = "whatsappweb-profile";
const ID = "name";

/**
 * The name of the browser profile that belongs to the session keys of an instance. When these are
 * forgotten, because the account was logged out, so is the name: the next session begins with an empty
 * profile, and the former one is erased.
 */
export async function profileNameOf(
  context: Pick<SessionContext<unknown>, "keys" | "commit">,
): Promise<string> {
  const stored = (await context.keys.get(TYPE, [ID])).get(ID);
  if (stored) return Buffer.from(stored).toString("utf8");
  const name = newProfileName();
  await context.commit({ keys: [{ type: TYPE, id: ID, value: Buffer.from(name) }] });
  return name;
}
