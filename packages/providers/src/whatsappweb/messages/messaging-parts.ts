import type { SessionContext } from "@orquesta/core";
import type { Client } from "whatsapp-web.js";
import type { WhatsappWebLibrary } from "../whatsappweb-library.ts";
import type { WhatsappWebSettings } from "../whatsappweb-options.ts";

export interface MessagingParts {
  readonly client: Client;
  readonly library: WhatsappWebLibrary;
  readonly context: SessionContext<WhatsappWebSettings>;
  /** Fires when the session is over. */
  readonly ended: AbortSignal;
}
