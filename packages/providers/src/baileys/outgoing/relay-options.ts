import type { OutboxContent } from "@orquesta/core";
import type { MessageRelayOptions, proto } from "@whiskeysockets/baileys";
import { pollCreationOf } from "../archive/known-poll.ts";

type RelayOptions = Pick<
  MessageRelayOptions,
  "additionalAttributes" | "additionalNodes" | "statusJidList"
>;

/**
 * What the server has to know of a message besides its encrypted content.
 * @param ownJid without device
 */
export function relayOptionsOf(
  content: OutboxContent,
  message: proto.IMessage,
  ownJid: string,
): RelayOptions {
  const isOwn = message.protocolMessage?.key?.fromMe === true;
  switch (content.type) {
    case "edit":
      return { additionalAttributes: { edit: "1" } };
    case "delete":
      return { additionalAttributes: { edit: isOwn ? "7" : "8" } };
    case "status":
      // The account's phone shows the story too.
      return { statusJidList: [...new Set([...content.audience, ownJid])] };
    default:
      return pollCreationOf(message) === null
        ? {}
        : { additionalNodes: [{ tag: "meta", attrs: { polltype: "creation" } }] };
  }
}
