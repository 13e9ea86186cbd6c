import { z } from "zod";
import { parse } from "../error/parse.ts";

/** Longest text that WhatsApp shows; longer input is refused, never cut. */
export const MAX_TEXT_LENGTH = 65_536;

const text = z.strictObject({
  type: z.literal("text"),
  text: z.string().min(1).max(MAX_TEXT_LENGTH),
  /** Id of the message that this one answers; it must be of the same chat. */
  quoteMessageId: z.string().min(1).max(256).optional(),
});

export const outgoingContentSchema = z.discriminatedUnion("type", [text]);

export type OutgoingContent = z.infer<typeof outgoingContentSchema>;
export type OutgoingKind = OutgoingContent["type"];

/** @throws VALIDATION_FAILED */
export function parseOutgoingContent(input: unknown): OutgoingContent {
  return parse(outgoingContentSchema, input, "message");
}
