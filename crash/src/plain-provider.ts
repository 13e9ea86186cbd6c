import {
  type Contact,
  type DurableEvent,
  defineProvider,
  NO_EVIDENCE,
  type OutboxMessage,
  type SessionContext,
  type SessionKeys,
  shownText,
} from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import makeWASocket, {
  type AuthenticationCreds,
  BufferJSON,
  initAuthCreds,
  jidNormalizedUser,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type WAMessage,
} from "@whiskeysockets/baileys";

export interface PlainOptions {
  readonly url: string;
}

/**
 * The plain way: keys are stored as Baileys hands them over, messages are journaled when it tells of
 * them. Between the two it sends the receipt, so a crash there loses messages. The crash test has to
 * find that out; when it does not, it is the test that is broken.
 */
export function plain({ url }: PlainOptions) {
  const { parseChatId, createMessageId, capabilities } = baileys({ url });
  return defineProvider({
    id: "baileys",
    capabilities,
    parseSettings: () => ({}),
    parseChatId,
    createMessageId,
    open: (context: SessionContext<object>) => open(url, context),
  });
}

async function open(url: string, context: SessionContext<object>) {
  const stored = (await context.keys.get("creds", ["me"])).get("me");
  const creds: AuthenticationCreds = stored ? decode(stored) : initAuthCreds();
  let isClosed = false;
  const socket = makeWASocket({
    waWebSocketUrl: url,
    auth: { creds, keys: keysOf(context) },
    logger: SILENT,
    syncFullHistory: false,
    shouldSyncHistoryMessage: () => false,
  });
  socket.ev.on("creds.update", (update) => {
    Object.assign(creds, update);
    void context.commit({ keys: [{ type: "creds", id: "me", value: encode(creds) }] });
  });
  socket.ev.on("connection.update", ({ connection, qr, lastDisconnect }) => {
    if (qr) {
      context.report({ state: "pairing" });
      const expiresAt = new Date(Date.now() + 20_000).toISOString();
      context.emit({ name: "pairing.qr", data: { qr, expiresAt } });
    }
    if (connection === "open") {
      context.report({ state: "connected", account: contactOf(creds.me?.id ?? "", null) });
    }
    if (connection === "close" && !isClosed) {
      const restart = String(lastDisconnect?.error).includes("restart");
      const afterwards = restart ? "restart" : "reconnect";
      context.report({ state: "closed", afterwards, reason: "connection_lost" });
    }
  });
  socket.ev.on("messages.upsert", ({ messages }) => {
    const events = messages.flatMap((message) => received(message));
    if (events.length > 0) void context.commit({ events });
  });
  return {
    native: socket,
    evidence: () => ({ ...NO_EVIDENCE, lastSeenAt: Date.now() }),
    async close() {
      isClosed = true;
      await socket.end(undefined);
    },
    async send({ chatId, messageId, content }: OutboxMessage) {
      await socket.sendMessage(chatId, { text: shownText(content) ?? "" }, { messageId });
      return { messageId };
    },
  };
}

function keysOf(context: SessionContext<object>): SignalKeyStore {
  return {
    async get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
      const found: { [id: string]: SignalDataTypeMap[T] } = {};
      for (const [id, value] of await read(context.keys, type, ids)) found[id] = decode(value);
      return found;
    },
    async set(data) {
      const keys = Object.entries(data).flatMap(([type, values]) =>
        Object.entries(values ?? {}).map(([id, value]) => ({
          type,
          id,
          value: value === null ? null : encode(value),
        })),
      );
      await context.commit({ keys });
    },
  };
}

function read(keys: SessionKeys, type: string, ids: string[]): Promise<Map<string, Uint8Array>> {
  return keys.get(type, ids);
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value, BufferJSON.replacer));
}

function decode<T>(bytes: Uint8Array): T {
  return JSON.parse(Buffer.from(bytes).toString(), BufferJSON.reviver);
}

function received({ key, message, pushName }: WAMessage): DurableEvent[] {
  const text = message?.conversation ?? message?.extendedTextMessage?.text;
  if (key.fromMe || !key.id || !key.remoteJid || !text) return [];
  const chatId = jidNormalizedUser(key.remoteJid);
  return [
    {
      name: "message.received",
      chatId,
      dedupeKey: `${chatId}|${key.id}`,
      data: {
        message: {
          id: key.id,
          chatId,
          chatType: "direct",
          sender: contactOf(chatId, pushName ?? null),
          sentAt: new Date().toISOString(),
          content: { type: "text", text },
          quote: null,
        },
      },
    },
  ];
}

function contactOf(jid: string, name: string | null): Contact {
  const phone = /^\d+/.exec(jid)?.[0] ?? null;
  return { id: jid, phone, lid: null, jid, name };
}

const SILENT = {
  level: "silent",
  child: () => SILENT,
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
};
