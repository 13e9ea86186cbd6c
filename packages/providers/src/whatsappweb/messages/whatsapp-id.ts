/** WhatsApp Web writes phone addresses with another ending than everybody else. */
export function toWebId(chatId: string): string {
  return chatId.replace(/@s\.whatsapp\.net$/, "@c.us");
}

export function fromWebId(webId: string): string {
  return webId.replace(/@c\.us$/, "@s.whatsapp.net");
}
