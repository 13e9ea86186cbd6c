import { z } from "zod";
import { parse } from "../error/parse.ts";
import { contactCardSchema } from "./contact-card.ts";
import { mediaReferenceSchema } from "./media-reference.ts";
import { mediaSourceSchema } from "./media-source.ts";

/** Longest text of any platform; each provider's own limit is in its capabilities. Longer input is refused, never cut. */
export const MAX_TEXT_LENGTH = 65_536;

const messageId = z.string().min(1).max(256);
const chatId = z.string().min(1).max(256);
const text = z.string().min(1).max(MAX_TEXT_LENGTH);

const formatted = {
  /**
   * `markdown`: **bold**, *italic*, ~~strike~~, `code`, ``` blocks, [text](https://…), > quotes and
   * [Ana](mention:<contact id>), shown in the platform's own way. `plain`: as it is.
   * @default "plain"
   */
  format: z.enum(["plain", "markdown"]).optional(),
  /** Ids of contacts to notify, or everybody in the group. */
  mentions: z
    .union(
      [z.array(chatId).min(1).max(1024), z.literal("all")],
      'must be ids of contacts, or "all"',
    )
    .optional(),
};

const quoting = {
  /** Id of the message that this one answers; it must be of the same chat. */
  quoteMessageId: messageId.optional(),
};

const caption = { caption: text.optional(), ...formatted, ...quoting };
const viewOnce = { viewOnce: z.boolean().optional() };

const textContent = z.strictObject({
  type: z.literal("text"),
  text,
  /** Whether the first link shows what is behind it. @default the platform's own way */
  linkPreview: z.boolean().optional(),
  ...formatted,
  ...quoting,
});

const location = z.strictObject({
  type: z.literal("location"),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: z.string().max(256).optional(),
  address: z.string().max(1024).optional(),
  ...quoting,
});

const contacts = z.strictObject({
  type: z.literal("contacts"),
  contacts: z.array(contactCardSchema).min(1).max(50),
  ...quoting,
});

const poll = z.strictObject({
  type: z.literal("poll"),
  question: z.string().min(1).max(300),
  options: z
    .array(z.string().min(1).max(100))
    .min(2)
    .max(12)
    .refine((options) => new Set(options).size === options.length, "must differ from each other"),
  /** Whether one voter may choose several. @default false */
  multiple: z.boolean().optional(),
  ...quoting,
});

const reaction = z.strictObject({
  type: z.literal("reaction"),
  messageId,
  /** One emoji; null takes the reaction back. */
  emoji: z.string().min(1).max(32).nullable(),
});

/** A new wording of a message of ours: its text, or its caption. */
const edit = z.strictObject({ type: z.literal("edit"), messageId, text, format: formatted.format });

/** Takes a message away for everybody. */
const deletion = z.strictObject({ type: z.literal("delete"), messageId });

const forward = z.strictObject({
  type: z.literal("forward"),
  messageId,
  /** The chat that the message is in. */
  fromChatId: chatId,
});

const choiceId = z.string().min(1).max(64);

const buttons = z.strictObject({
  type: z.literal("buttons"),
  text: z.string().min(1).max(4096),
  footer: z.string().max(256).optional(),
  buttons: z
    .array(
      z.union(
        [
          z.strictObject({ id: choiceId, title: z.string().min(1).max(64) }),
          z.strictObject({
            url: z.url({ protocol: /^https?$/ }),
            title: z.string().min(1).max(64),
          }),
        ],
        "must have a title of 1 to 64 characters, and an id of as many or an http URL",
      ),
    )
    .min(1)
    .max(10),
  format: formatted.format,
  ...quoting,
});

const list = z.strictObject({
  type: z.literal("list"),
  text: z.string().min(1).max(4096),
  footer: z.string().max(256).optional(),
  sections: z
    .array(
      z.strictObject({
        title: z.string().max(64).optional(),
        rows: z
          .array(
            z.strictObject({
              id: choiceId,
              title: z.string().min(1).max(64),
              description: z.string().max(256).optional(),
            }),
          )
          .min(1)
          .max(50),
      }),
    )
    .min(1)
    .max(10),
  format: formatted.format,
  ...quoting,
});

function contentOf<Media extends z.ZodType>(media: Media) {
  const image = z.strictObject({ type: z.literal("image"), media, ...caption, ...viewOnce });
  const video = z.strictObject({
    type: z.literal("video"),
    media,
    /** Plays by itself, over and over, without sound. @default false */
    gif: z.boolean().optional(),
    ...caption,
    ...viewOnce,
  });
  const voice = z.strictObject({ type: z.literal("voice"), media, ...quoting, ...viewOnce });
  return z.discriminatedUnion("type", [
    textContent,
    image,
    video,
    z.strictObject({ type: z.literal("audio"), media, ...quoting }),
    /** What was said into a microphone: becomes Ogg Opus, for which ffmpeg has to be there unless it is. */
    voice,
    z.strictObject({ type: z.literal("document"), media, ...caption }),
    z.strictObject({ type: z.literal("sticker"), media, ...quoting }),
    location,
    contacts,
    poll,
    reaction,
    edit,
    deletion,
    forward,
    buttons,
    list,
    /** Images and videos that are shown as one. */
    z.strictObject({
      type: z.literal("album"),
      items: z
        .array(z.discriminatedUnion("type", [image, video]))
        .min(2)
        .max(10),
    }),
    /** A story: shown to the audience for a day, in no chat. `chatId` is the platform's word for stories. */
    z.strictObject({
      type: z.literal("status"),
      story: z.discriminatedUnion("type", [textContent, image, video, voice]),
      /** Ids of the contacts that may see it. */
      audience: z.array(chatId).min(1).max(5000),
      /** Behind a text, as #rrggbb. */
      backgroundColor: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/)
        .optional(),
    }),
  ]);
}

export const outgoingContentSchema = contentOf(mediaSourceSchema);
const outboxContentSchema = contentOf(mediaReferenceSchema);

/** What a caller wants sent. */
export type OutgoingContent = z.input<typeof outgoingContentSchema>;
/** What is owed to the platform: its media are kept here. */
export type OutboxContent = z.output<typeof outboxContentSchema>;
export type OutgoingKind = OutgoingContent["type"];
export type OutboxContentOf<Kind extends OutgoingKind> = Extract<
  OutboxContent,
  { readonly type: Kind }
>;

/** @throws VALIDATION_FAILED */
export function parseOutgoingContent(input: unknown): OutgoingContent {
  return parse(outgoingContentSchema, input, "message");
}

/** Parser of what the outbox stored. */
export function parseOutboxContent(input: unknown): OutboxContent {
  return parse(outboxContentSchema, input, "stored message");
}
