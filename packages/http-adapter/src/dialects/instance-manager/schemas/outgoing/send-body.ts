import { z } from "@hono/zod-openapi";
import { type OutgoingContent, outgoingContentSchema, parse } from "@orquesta/core";
import { fieldsOf } from "./in-snake-case.ts";
import { type InSnakeCase, inCamelCase } from "./snake-case.ts";

type Text = Extract<OutgoingContent, { type: "text" }>;
type Content =
  | InSnakeCase<Exclude<OutgoingContent, Text>>
  | (Omit<InSnakeCase<Text>, "type"> & { type?: "text" | undefined });

/** What a caller sends: a message of any kind that the engine knows, and where it goes. */
export type SendBody = Content & { chat_id?: string | undefined; to?: string | undefined };

const chatId = z.string().trim().min(1).max(256).optional();
const address = { chat_id: chatId, to: chatId.openapi({ description: "Same as chat_id" }) };

/** Texts need not say that they are, as they were alone once. */
const typeOfText = z.literal("text").optional().openapi({ default: "text" });

const kinds = outgoingContentSchema.options.map((schema) => {
  const { value } = schema.shape.type;
  const own: Record<string, z.ZodType> = value === "text" ? { type: typeOfText } : {};
  return z.strictObject({ ...address, ...fieldsOf(schema), ...own }).openapi({ title: value });
});

const [first, ...others] = kinds;
if (first === undefined) throw new Error("the engine sends nothing");

const wrongType = `must be one of ${outgoingContentSchema.options
  .map((schema) => schema.shape.type.value)
  .join(", ")}`;

const sendSchema = z
  .discriminatedUnion("type", [first, ...others], {
    error: ({ code }) => (code === "invalid_union" ? wrongType : undefined),
  })
  .refine((body: Fields) => (body["chat_id"] === undefined) !== (body["to"] === undefined), {
    path: ["chat_id"],
    error: "either chat_id or to is required",
  })
  .openapi("SendMessage");

type Fields = Readonly<Record<string, unknown>>;

// Made of the engine's schema field by field, as the type is made of the engine's type.
export const sendBodySchema = sendSchema as unknown as z.ZodType<Fields, SendBody>;

/** Where a message goes, and the message as the engine takes it. */
export function toSending({ chat_id: chatId, to, type = "text", ...rest }: Fields): {
  readonly chatId: string;
  readonly content: OutgoingContent;
} {
  const content = parse(outgoingContentSchema, inCamelCase({ type, ...rest }), "message");
  return { chatId: String(chatId ?? to), content };
}
