/** What the Bot API says, as far as the fake says it: https://core.telegram.org/bots/api#available-types */
export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
}

export type ChatType = "private" | "group" | "supergroup" | "channel";

export interface Chat {
  readonly id: number;
  readonly type: ChatType;
  readonly title?: string;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
}

export interface MessageEntity {
  readonly type: string;
  /** In UTF-16 code units, like `length`. */
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly user?: User;
  readonly language?: string;
  readonly custom_emoji_id?: string;
}

export interface FileSummary {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size?: number;
  readonly file_name?: string;
  readonly mime_type?: string;
  readonly width?: number;
  readonly height?: number;
  readonly duration?: number;
  readonly length?: number;
  readonly emoji?: string;
  readonly type?: string;
  readonly is_animated?: boolean;
  readonly is_video?: boolean;
}

export interface Location {
  readonly latitude: number;
  readonly longitude: number;
  readonly live_period?: number;
  readonly horizontal_accuracy?: number;
}

export interface Contact {
  readonly phone_number: string;
  readonly first_name: string;
  readonly last_name?: string;
  readonly user_id?: number;
  readonly vcard?: string;
}

export interface PollOption {
  readonly text: string;
  readonly voter_count: number;
}

export interface Poll {
  readonly id: string;
  readonly question: string;
  readonly options: readonly PollOption[];
  readonly total_voter_count: number;
  readonly is_closed: boolean;
  readonly is_anonymous: boolean;
  readonly type: "regular" | "quiz";
  readonly allows_multiple_answers: boolean;
  readonly correct_option_id?: number;
}

export interface InlineKeyboardButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
}

export interface ReplyMarkup {
  readonly inline_keyboard?: readonly (readonly InlineKeyboardButton[])[];
}

export interface ReactionType {
  readonly type: string;
  readonly emoji?: string;
  readonly custom_emoji_id?: string;
}

export interface Message {
  readonly message_id: number;
  /** Unix time in seconds. */
  readonly date: number;
  readonly chat: Chat;
  readonly from?: User;
  readonly sender_chat?: Chat;
  readonly business_connection_id?: string;
  readonly sender_business_bot?: User;
  readonly edit_date?: number;
  readonly text?: string;
  readonly entities?: readonly MessageEntity[];
  readonly caption?: string;
  readonly caption_entities?: readonly MessageEntity[];
  readonly media_group_id?: string;
  readonly photo?: readonly FileSummary[];
  readonly video?: FileSummary;
  readonly animation?: FileSummary;
  readonly audio?: FileSummary;
  readonly voice?: FileSummary;
  readonly video_note?: FileSummary;
  readonly document?: FileSummary;
  readonly sticker?: FileSummary;
  readonly location?: Location;
  readonly venue?: {
    readonly location: Location;
    readonly title: string;
    readonly address: string;
  };
  readonly contact?: Contact;
  readonly poll?: Poll;
  readonly dice?: { readonly emoji: string; readonly value: number };
  readonly reply_to_message?: Message;
  readonly reply_markup?: ReplyMarkup;
  readonly forward_origin?: object;
  readonly has_media_spoiler?: boolean;
  readonly is_topic_message?: boolean;
  readonly message_thread_id?: number;
  readonly link_preview_options?: object;
  readonly new_chat_members?: readonly User[];
  readonly left_chat_member?: User;
  readonly new_chat_title?: string;
  readonly new_chat_photo?: readonly FileSummary[];
  readonly delete_chat_photo?: true;
  readonly group_chat_created?: true;
  readonly migrate_to_chat_id?: number;
  readonly migrate_from_chat_id?: number;
  readonly pinned_message?: Message;
}

/** A message before it has an id, a date, a chat and an author. */
export type MessageBody = Omit<Partial<Message>, "message_id" | "date" | "chat" | "from">;

export type UpdateType =
  | "message"
  | "edited_message"
  | "channel_post"
  | "edited_channel_post"
  | "business_connection"
  | "business_message"
  | "edited_business_message"
  | "deleted_business_messages"
  | "message_reaction"
  | "message_reaction_count"
  | "callback_query"
  | "poll"
  | "poll_answer"
  | "my_chat_member"
  | "chat_member"
  | "chat_join_request";

export type Update = { readonly update_id: number } & {
  readonly [Type in UpdateType]?: object;
};

export interface CallbackQuery {
  readonly id: string;
  readonly from: User;
  readonly message: Message;
  readonly chat_instance: string;
  readonly data: string;
}
