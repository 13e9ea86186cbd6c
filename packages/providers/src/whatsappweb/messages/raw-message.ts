import type { Message } from "whatsapp-web.js";
import { z } from "zod";

/** An address as the page has it: text, or an object with its parts. */
export const widSchema = z.union([
  z.string(),
  z.object({ _serialized: z.string() }).transform(({ _serialized }) => _serialized),
]);

function kept<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

const number = z.coerce.number().finite().nonnegative();

const rawSchema = z.object({
  notifyName: kept(z.string()),
  quotedStanzaID: kept(z.string()),
  quotedParticipant: kept(widSchema),
  quotedMsg: kept(z.object({ body: kept(z.string()), caption: kept(z.string()) })),
  mentionedJidList: kept(z.array(widSchema)),
  latestEditSenderTimestampMs: kept(number),
  revokeSender: kept(widSchema),
  protocolMessageKey: kept(z.object({ id: z.string() })),
  isViewOnce: kept(z.boolean()),
  isGif: kept(z.boolean()),
  isLive: kept(z.boolean()),
  mimetype: kept(z.string()),
  size: kept(number),
  filename: kept(z.string()),
  width: kept(number),
  height: kept(number),
  duration: kept(number),
  caption: kept(z.string()),
  pollName: kept(z.string()),
  pollOptions: kept(z.array(z.object({ name: z.string() }))),
  pollSelectableOptionsCount: kept(number),
  vcardFormattedName: kept(z.string()),
  vcardList: kept(z.array(z.object({ vcard: z.string(), displayName: kept(z.string()) }))),
});

/** What the page says of a message, as far as it says it in a form that is known. */
export type RawMessage = z.output<typeof rawSchema>;

export function readRaw(message: Message): RawMessage {
  return rawSchema.parse(message.rawData ?? {});
}
