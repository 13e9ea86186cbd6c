import type { Client } from "whatsapp-web.js";
import { z } from "zod";

/** Runs in the page: whether the message can be deleted for everybody. The library would only hide it here. */
function canRevokeQuestion(serialized: string): string {
  return `(() => {
    const message = window.require("WAWebCollections").Msg.get(${JSON.stringify(serialized)});
    const can = window.require("WAWebMsgActionCapability");
    return !!message && !!(can.canSenderRevokeMsg(message) || can.canAdminRevokeMsg(message));
  })()`;
}

/** @throws what puppeteer throws */
export async function canRevoke({ pupPage }: Client, serialized: string): Promise<boolean> {
  return z.boolean().parse(await pupPage?.evaluate(canRevokeQuestion(serialized)));
}
