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

/** Runs in the page, which knows of the picture from now on. */
function pictureQuestion(address: string): string {
  return `(async () => {
    const wid = window.require("WAWebWidFactory").createWid(${JSON.stringify(address)});
    await window.require("WAWebCollections").ProfilePicThumb.find(wid);
  })()`;
}

/** @throws what puppeteer throws */
export async function lookForPicture({ pupPage }: Client, address: string): Promise<void> {
  await pupPage?.evaluate(pictureQuestion(address));
}

/** Runs in the page: the bytes in base64; null when the server does not give them. */
function fetchQuestion(url: string): string {
  return `(async () => {
    const response = await fetch(${JSON.stringify(url)});
    if (!response.ok) return null;
    const blob = await response.blob();
    return await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    });
  })()`;
}

/** @throws what puppeteer throws, also when the page cannot reach the server */
export async function fetchInPage({ pupPage }: Client, url: string): Promise<Buffer | null> {
  const base64 = z
    .string()
    .nullable()
    .parse(await pupPage?.evaluate(fetchQuestion(url)));
  return base64 === null ? null : Buffer.from(base64, "base64");
}

/** What the account is called now: `client.info` says what it was when the session was ready. */
export async function ownName({ pupPage }: Client): Promise<string | null> {
  const question = `window.require("WAWebConnModel").Conn.pushname || null`;
  return z
    .string()
    .nullable()
    .parse(await pupPage?.evaluate(question));
}
