import type { Client } from "whatsapp-web.js";
import { z } from "zod";

export type WebPage = NonNullable<Client["pupPage"]>;

const answerSchema = z.object({ state: z.string().nullable(), hasSynced: z.boolean() });

/** What the page says of its connection. */
export type PageAnswer = z.output<typeof answerSchema>;

/** Runs in the page. Its modules may not be there yet. */
const QUESTION = `(() => {
  try {
    const { Socket } = window.require("WAWebSocketModel");
    return { state: Socket.state ?? null, hasSynced: Socket.hasSynced === true };
  } catch {
    return { state: null, hasSynced: false };
  }
})()`;

/** @throws what puppeteer throws; waits as long as the page takes, up to the protocol's timeout */
export async function askPage(page: WebPage): Promise<PageAnswer> {
  return answerSchema.parse(await page.evaluate(QUESTION));
}

/** Tells the library what it did not hear: it only listens for the change, which may have been before. */
export async function announceSynced(page: WebPage): Promise<void> {
  await page.evaluate("window.onAppStateHasSyncedEvent()");
}

/** Has new QR codes made; the library tries, but in the wrong process. */
export async function refreshQr(page: WebPage): Promise<void> {
  await page.evaluate('window.require("WAWebCmd").Cmd.refreshQR()');
}
