import type { SessionOperations } from "@orquesta/core";
import { makeChatOperations } from "./chat-operations.ts";
import { makeContactOperations } from "./contact-operations.ts";
import { makeGroupOperations } from "./group-operations.ts";
import type { OperationParts } from "./operation-parts.ts";
import { makeProfileOperations } from "./profile-operations.ts";

export function makeOperations(parts: OperationParts): SessionOperations {
  return {
    chats: makeChatOperations(parts),
    contacts: makeContactOperations(parts),
    groups: makeGroupOperations(parts),
    profile: makeProfileOperations(parts),
  };
}
