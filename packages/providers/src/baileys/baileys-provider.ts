import {
  defineProvider,
  OPERATION_NAMES,
  OrquestaError,
  type Provider,
  parse,
} from "@orquesta/core";
import { BoundedMap } from "../shared/bounded-map/bounded-map.ts";
import { beginsChat, parseChatId } from "../shared/whatsapp/chat-id.ts";
import { type BaileysLibrary, loadBaileys } from "./baileys-library.ts";
import {
  type BaileysOptions,
  type BaileysSettings,
  baileysOptionsSchema,
  baileysSettingsSchema,
} from "./baileys-options.ts";
import { BaileysSession } from "./baileys-session.ts";
import { createMessageId } from "./message-id.ts";
import { KEEP_ALIVE_MS } from "./socket-config.ts";
import { DEFAULT_VERSION_URL, WebVersions } from "./web-versions.ts";

/** One is kept only from the end of a connection to the beginning of the next. */
const QR_COUNTS = 1_000;

export type BaileysProvider = Provider<"baileys", BaileysSettings>;

/**
 * WhatsApp through Baileys, which you install yourself: `@whiskeysockets/baileys@7.0.0-rc14`. It is
 * loaded when the first instance starts.
 * @throws CONFIGURATION_INVALID
 */
export function baileys(options: BaileysOptions = {}): BaileysProvider {
  const parsed = parseOptions(options);
  const versions = new WebVersions({
    fixed: parsed.version,
    url: parsed.versionUrl ?? (parsed.url === undefined ? DEFAULT_VERSION_URL : null),
  });
  const qrCounts = new BoundedMap<string, number>(QR_COUNTS);
  let loading: Promise<BaileysLibrary> | undefined;
  const load = async () => {
    loading ??= loadBaileys(parsed);
    try {
      return await loading;
    } catch (error) {
      // It may be installed by the next attempt.
      loading = undefined;
      throw error;
    }
  };
  return defineProvider({
    id: "baileys",
    capabilities: {
      outgoing: [
        "text",
        "image",
        "video",
        "audio",
        "voice",
        "document",
        "sticker",
        "location",
        "contacts",
        "poll",
        "reaction",
        "edit",
        "delete",
        "forward",
        "status",
      ],
      incoming: [
        "text",
        "image",
        "video",
        "audio",
        "voice",
        "document",
        "sticker",
        "location",
        "contacts",
        "poll",
        "choice",
      ],
      events: [
        "message.edited",
        "message.deleted",
        "message.reacted",
        "poll.voted",
        "call.received",
        "call.ended",
        "group.changed",
        "history.received",
        "presence.changed",
      ],
      operations: OPERATION_NAMES,
      menus: "numbered",
      limits: { textLength: 65_536, captionLength: 1024, mediaBytes: 100 * 1024 * 1024 },
      push: false,
      pairing: ["qr", "code"],
      inbound: "at_least_once",
      resend: "same_id",
      // Baileys pings every 30 s; the answer may take its time.
      maxSilenceMs: KEEP_ALIVE_MS + 20_000,
      portable: true,
    },
    parseSettings: (input) => parse(baileysSettingsSchema, input ?? {}, "settings"),
    parseChatId,
    beginsChat,
    createMessageId,
    open: async (context) => {
      versions.prepare();
      const library = await load();
      return await BaileysSession.open({ context, library, options: parsed, versions, qrCounts });
    },
  });
}

function parseOptions(options: BaileysOptions) {
  const result = baileysOptionsSchema.safeParse(options);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new OrquestaError(
    "CONFIGURATION_INVALID",
    `options of the provider "baileys" are not valid: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}
