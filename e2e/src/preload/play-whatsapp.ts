/**
 * Loaded with `--import` before a program that knows nothing of tests: points its Baileys at a fake
 * WhatsApp, says which answer belongs to which message, prints QR codes as text for who draws them, and
 * kills the process in the middle of a handler, when the environment says so.
 */
import { type LoadHookSync, registerHooks } from "node:module";
import { InstanceManager, type MessageHandler } from "@orquesta/core";

const { FAKE_WS_URL = "", FAKE_ROOT_KEY = "", PRINT_QR, KILL_AT_SEND, KILL_MOMENT } = process.env;

/** The end of Baileys' module of defaults, which so stays loaded as late as in a real program. */
const OTHER_DEFAULTS = `
DEFAULT_CONNECTION_CONFIG.waWebSocketUrl = ${JSON.stringify(FAKE_WS_URL)};
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(${JSON.stringify(FAKE_ROOT_KEY)}, "hex");
`;

const load: LoadHookSync = (url, context, nextLoad) => {
  const module = nextLoad(url, context);
  if (!url.endsWith("/@whiskeysockets/baileys/lib/Defaults/index.js")) return module;
  return { ...module, source: `${String(module.source)}${OTHER_DEFAULTS}` };
};
registerHooks({ load });

const { send, consume, start } = InstanceManager.prototype;
let sends = 0;
let lastAnswer = "";

InstanceManager.prototype.send = async function (...args) {
  sends += 1;
  const isLast = sends === Number(KILL_AT_SEND);
  if (isLast && KILL_MOMENT === "before") process.kill(process.pid, "SIGKILL");
  const sent = await send.apply(this, args);
  if (isLast && KILL_MOMENT === "after") process.kill(process.pid, "SIGKILL");
  lastAnswer = sent.messageId ?? "";
  return sent;
};

InstanceManager.prototype.start = function (...args) {
  if (PRINT_QR === "1") this.on("pairing.qr", ({ data }) => console.log(`qr ${data.qr}`));
  return start.apply(this, args);
};

InstanceManager.prototype.consume = function (name, handler, options) {
  const handle: MessageHandler = async (consumed) => {
    await handler(consumed);
    console.log(`answered ${consumed.message.id} with ${lastAnswer}`);
  };
  consume.call(this, name, handle, options);
};
