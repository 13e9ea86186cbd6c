/**
 * The yardstick: what one writes with Baileys alone. Keys in memory, a bare POST for each message, a
 * bare HTTP route to send. Nothing is durable, retried, ordered or deduplicated.
 */
import { createServer } from "node:http";
import makeWASocket, {
  type AuthenticationState,
  Browsers,
  initAuthCreds,
  type SignalDataTypeMap,
  type WASocket,
} from "@whiskeysockets/baileys";
import { Agent, request } from "undici";

// What libsignal prints would be measured, too.
for (const name of ["log", "info", "warn", "error"] as const) console[name] = () => {};

const { WHATSAPP_URL = "", SINK_URL = "" } = process.env;
const agent = new Agent({ connections: 64 });
const sockets = new Map<string, WASocket>();
const silent = {
  level: "silent",
  child: () => silent,
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
};

function memoryState(): AuthenticationState {
  const values = new Map<string, unknown>();
  return {
    creds: initAuthCreds(),
    keys: {
      get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
        const found: { [id: string]: SignalDataTypeMap[T] } = {};
        for (const id of ids) {
          const value = values.get(`${type}/${id}`);
          if (value !== undefined) found[id] = value as SignalDataTypeMap[T];
        }
        return found;
      },
      set: async (data) => {
        for (const [type, entries] of Object.entries(data)) {
          for (const [id, value] of Object.entries(entries)) {
            if (value === null) values.delete(`${type}/${id}`);
            else values.set(`${type}/${id}`, value);
          }
        }
      },
    },
  };
}

function connect(number: string, auth: AuthenticationState): void {
  const socket = makeWASocket({
    waWebSocketUrl: WHATSAPP_URL,
    auth,
    logger: silent,
    browser: Browsers.ubuntu("Chrome"),
    syncFullHistory: false,
    markOnlineOnConnect: false,
    shouldSyncHistoryMessage: () => false,
  });
  sockets.set(number, socket);
  socket.ev.on("creds.update", (update) => Object.assign(auth.creds, update));
  socket.ev.on("connection.update", ({ connection, qr }) => {
    if (qr) process.send?.({ qr, number });
    if (connection === "open") process.send?.({ open: number });
    if (connection === "close") connect(number, auth);
  });
  socket.ev.on("messages.upsert", ({ messages }) => {
    for (const { key, message, pushName } of messages) {
      const body = message?.conversation ?? message?.extendedTextMessage?.text;
      if (key.fromMe || !body) continue;
      void post(JSON.stringify({ id: key.id, chatId: key.remoteJid, body, contact: pushName }));
    }
  });
}

async function post(body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await request(SINK_URL, { method: "POST", dispatcher: agent, headers, body });
  await answer.body.dump();
}

const server = createServer(async (incoming, outgoing) => {
  let text = "";
  for await (const chunk of incoming) text += chunk;
  const { number, to, body } = JSON.parse(text);
  const sent = await sockets.get(number)?.sendMessage(`${to}@s.whatsapp.net`, { text: body });
  outgoing.end(JSON.stringify({ id: sent?.key.id }));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" ? address?.port : 0 });
});

process.on("message", (message) => {
  if (typeof message !== "object" || message === null || !("pair" in message)) return;
  const auth = memoryState();
  connect(String(message.pair), auth);
});
process.on("disconnect", () => process.exit(0));
