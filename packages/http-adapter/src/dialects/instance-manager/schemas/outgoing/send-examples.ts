import type { OutgoingKind } from "@orquesta/core";
import type { SendBody } from "./send-body.ts";

const chat_id = "5511988887777@c.us";
const message_id = "3EB0B68C339B27461C51C6";
const picture = { url: "https://example.com/cat.jpg" };

/** One of each kind; those that were there before the others say no type. */
export const SEND_EXAMPLES: Readonly<Record<OutgoingKind, SendBody>> = {
  text: { chat_id, text: "pong" },
  image: { chat_id, type: "image", media: picture, caption: "A **cat**", format: "markdown" },
  video: { chat_id, type: "video", media: { url: "https://example.com/cat.mp4" }, gif: true },
  audio: { chat_id, type: "audio", media: { url: "https://example.com/song.mp3" } },
  voice: { chat_id, type: "voice", media: { url: "https://example.com/hello.ogg" } },
  document: {
    chat_id,
    type: "document",
    media: { base64: "bmFtZSxwcmljZQpjYXQsMAo=", file_name: "cats.csv", mime_type: "text/csv" },
    caption: "June",
  },
  sticker: { chat_id, type: "sticker", media: { url: "https://example.com/cat.webp" } },
  location: { chat_id, type: "location", latitude: -23.5505, longitude: -46.6333, name: "Office" },
  contacts: {
    chat_id,
    type: "contacts",
    contacts: [{ name: "Ana", phones: ["+55 11 98888-7777"], organization: "Acme" }],
  },
  poll: { chat_id, type: "poll", question: "Lunch?", options: ["Pizza", "Salad"] },
  reaction: { chat_id, type: "reaction", message_id, emoji: "👍" },
  edit: { chat_id, type: "edit", message_id, text: "pong!" },
  delete: { chat_id, type: "delete", message_id },
  forward: { chat_id, type: "forward", message_id, from_chat_id: chat_id },
  buttons: {
    chat_id,
    type: "buttons",
    text: "Is everything fine?",
    buttons: [
      { id: "yes", title: "Yes" },
      { id: "no", title: "No" },
    ],
  },
  list: {
    chat_id,
    type: "list",
    text: "What may it be?",
    sections: [{ title: "Drinks", rows: [{ id: "tea", title: "Tea", description: "Green" }] }],
  },
  album: {
    chat_id,
    type: "album",
    items: [
      { type: "image", media: picture },
      { type: "video", media: { url: "https://example.com/cat.mp4" } },
    ],
  },
  status: {
    chat_id: "status@broadcast",
    type: "status",
    story: { type: "text", text: "Open until six" },
    audience: [chat_id],
    background_color: "#008069",
  },
};
