import { OrquestaError, type OutboxMessage } from "@orquesta/core";

/** @throws CAPABILITY_MISSING */
export function textOf({ content }: OutboxMessage): string {
  if (content.type === "text") return content.text;
  throw new OrquestaError("CAPABILITY_MISSING", `whatsappweb does not send ${content.type} yet`);
}
