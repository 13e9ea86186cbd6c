import type { Change } from "@orquesta/core";
import type { Call } from "whatsapp-web.js";
import { z } from "zod";
import { BoundedMap } from "../../../shared/bounded-map/bounded-map.ts";
import type { People } from "../people.ts";
import { widSchema } from "../raw-message.ts";

const MAX_RINGING = 50;

const callSchema = z.object({
  id: z.string(),
  from: widSchema,
  isVideo: z.boolean().catch(false),
  isGroup: z.boolean().catch(false),
  fromMe: z.boolean().catch(false),
});

/** Calls that ring, or did lately. */
export class IncomingCalls {
  readonly #people: People;
  readonly #calls = new BoundedMap<string, { readonly call: Call; readonly from: string }>(
    MAX_RINGING,
  );

  constructor(people: People) {
    this.#people = people;
  }

  /** Null: it is a call of ours. */
  async read(call: Call): Promise<Change | null> {
    const { id, from, isVideo, isGroup, fromMe } = callSchema.parse(call);
    if (fromMe) return null;
    this.#calls.set(id, { call, from });
    const { contact: caller, keys } = await this.#people.identify(from);
    const data = {
      callId: id,
      caller,
      chatId: caller.id,
      video: isVideo,
      group: isGroup,
      receivedAt: new Date().toISOString(),
      rejected: false,
    };
    const dedupeKey = `${id}|call.received`;
    return { events: [{ name: "call.received", data, chatId: caller.id, dedupeKey }], keys };
  }

  find(callId: string): Call | null {
    const ringing = this.#calls.get(callId);
    if (!ringing) return null;
    // The library hands the address on as it got it; the page takes it as text only.
    ringing.call.from = ringing.from;
    return ringing.call;
  }
}
