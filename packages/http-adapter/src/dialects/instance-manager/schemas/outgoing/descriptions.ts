/** What the fields of messages are, by their names. */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  audience: "Ids of the contacts that may see it",
  background_color: "Behind a text, as #rrggbb",
  emoji: "One emoji; null takes the reaction back",
  format:
    "`plain`, which is the default, or `markdown`: `**bold**`, `*italic*`, `~~strike~~`, `` `code` ``, " +
    "blocks of code, `[text](https://…)`, `> quotes`, `[Ana](mention:<contact id>)`",
  from_chat_id: "The chat that the message is in",
  gif: "Plays by itself, over and over, without sound",
  items: "Images and videos that are shown as one",
  link_preview: "Whether the first link shows what is behind it",
  mentions: "Ids of contacts to notify, or `all` for everybody in the group",
  message_id: "The platform's id, as `message_id` of an answer or `message.id` of a webhook",
  multiple: "Whether one voter may choose several",
  phones: "As people write them, with the country code; the first is the main one",
  quote_message_id: "The message that this one answers; it must be of the same chat",
  view_once: "Whether it can be looked at only once",
};
