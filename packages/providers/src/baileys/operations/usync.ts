import { lidOf, phoneOf } from "../jid.ts";
import type { OperationParts } from "./operation-parts.ts";

/** What WhatsApp says about somebody. */
export interface UserAnswer {
  /** As WhatsApp writes the address. */
  readonly jid: string;
  readonly exists: boolean;
  readonly lid: string | null;
  readonly about: string | null;
}

/** Asks the server about people in one query; who is not in the answer is nobody. */
export async function askUsers(
  { library, socket }: Pick<OperationParts, "library" | "socket">,
  jids: readonly string[],
  about: readonly ("contact" | "lid" | "status")[],
): Promise<readonly UserAnswer[]> {
  const { USyncQuery, USyncUser } = library;
  const query = new USyncQuery().withContext("interactive");
  if (about.includes("contact")) query.withContactProtocol();
  if (about.includes("lid")) query.withLIDProtocol();
  if (about.includes("status")) query.withStatusProtocol();
  for (const jid of jids) {
    const phone = phoneOf(jid);
    const user = new USyncUser();
    query.withUser(phone === null ? user.withId(jid) : user.withPhone(`+${phone}`));
  }
  const answer = await socket.executeUSyncQuery(query);
  return (answer?.list ?? []).map((fields) => {
    const { id, contact, lid, status } = fields;
    return {
      jid: id,
      exists: contact === true,
      lid: typeof lid === "string" && lidOf(lid) !== null ? lid : null,
      about: readAbout(status),
    };
  });
}

/** Parser of a foreign value. */
function readAbout(status: unknown): string | null {
  if (typeof status !== "object" || status === null || !("status" in status)) return null;
  return typeof status.status === "string" && status.status !== "" ? status.status : null;
}
