/**
 * What the Bot API answers and posts, as far as Orquesta reads it: telegraf's types end with Bot API 7.1,
 * without business messages. Everything comes from outside: what a field holds is looked at before use.
 * @see https://core.telegram.org/bots/api#available-types
 */
export interface BotUser {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
}

export interface BotChat {
  readonly id: number;
  readonly type: "private" | "group" | "supergroup" | "channel";
  readonly title?: string;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
}

export interface ChatPermissions {
  readonly can_send_messages?: boolean;
  readonly can_change_info?: boolean;
  readonly [permission: string]: boolean | undefined;
}

/** What `getChat` tells. */
export interface FullChat extends BotChat {
  readonly bio?: string;
  readonly description?: string;
  readonly invite_link?: string;
  readonly join_by_request?: boolean;
  readonly permissions?: ChatPermissions;
  readonly message_auto_delete_time?: number;
  readonly photo?: { readonly big_file_id: string; readonly big_file_unique_id: string };
}

export interface ChatMember {
  readonly status: "creator" | "administrator" | "member" | "restricted" | "left" | "kicked";
  readonly user: BotUser;
  /** Of those that are restricted. */
  readonly is_member?: boolean;
  readonly [right: string]: unknown;
}

export interface MessageEntity {
  readonly type: string;
  /** In UTF-16 code units, as the length. */
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly user?: { readonly id: number };
  readonly language?: string;
}

export interface BotFile {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size?: number;
  readonly file_name?: string;
  readonly mime_type?: string;
  readonly duration?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface InlineButton {
  readonly text: string;
  readonly callback_data?: string;
}

export interface BotMessage {
  readonly message_id: number;
  readonly date: number;
  readonly edit_date?: number;
  readonly chat: BotChat;
  readonly from?: BotUser;
  readonly sender_chat?: BotChat;
  readonly business_connection_id?: string;
  readonly sender_business_bot?: BotUser;
  readonly forward_origin?: unknown;
  readonly media_group_id?: string;
  readonly reply_to_message?: BotMessage;
  readonly text?: string;
  readonly entities?: readonly MessageEntity[];
  readonly caption?: string;
  readonly caption_entities?: readonly MessageEntity[];
  readonly photo?: readonly BotFile[];
  readonly video?: BotFile;
  readonly animation?: BotFile;
  readonly video_note?: BotFile & { readonly length?: number };
  readonly audio?: BotFile;
  readonly voice?: BotFile;
  readonly document?: BotFile;
  readonly sticker?: BotFile & {
    readonly emoji?: string;
    readonly is_animated?: boolean;
    readonly is_video?: boolean;
  };
  readonly location?: BotLocation;
  readonly venue?: {
    readonly location: BotLocation;
    readonly title: string;
    readonly address: string;
  };
  readonly contact?: {
    readonly phone_number: string;
    readonly first_name: string;
    readonly last_name?: string;
  };
  readonly poll?: BotPoll;
  readonly reply_markup?: { readonly inline_keyboard?: readonly (readonly InlineButton[])[] };
  readonly new_chat_members?: readonly BotUser[];
  readonly left_chat_member?: BotUser;
  readonly new_chat_title?: string;
  readonly new_chat_photo?: unknown;
  readonly delete_chat_photo?: true;
  readonly group_chat_created?: true;
  readonly supergroup_chat_created?: true;
  readonly channel_chat_created?: true;
  readonly message_auto_delete_timer_changed?: { readonly message_auto_delete_time: number };
  readonly migrate_to_chat_id?: number;
  readonly migrate_from_chat_id?: number;
}

export interface BotLocation {
  readonly latitude: number;
  readonly longitude: number;
  readonly live_period?: number;
}

export interface BotPoll {
  readonly id: string;
  readonly question: string;
  readonly options: readonly { readonly text: string }[];
  readonly allows_multiple_answers: boolean;
}

export interface Reaction {
  readonly type: string;
  readonly emoji?: string;
  readonly custom_emoji_id?: string;
}

export interface BusinessConnection {
  readonly id: string;
  readonly user: BotUser;
}

export interface BotUpdate {
  readonly update_id: number;
  readonly message?: BotMessage;
  readonly edited_message?: BotMessage;
  readonly channel_post?: BotMessage;
  readonly edited_channel_post?: BotMessage;
  readonly business_connection?: BusinessConnection;
  readonly business_message?: BotMessage;
  readonly edited_business_message?: BotMessage;
  readonly deleted_business_messages?: {
    readonly business_connection_id: string;
    readonly chat: BotChat;
    readonly message_ids: readonly number[];
  };
  readonly message_reaction?: {
    readonly chat: BotChat;
    readonly message_id: number;
    readonly user?: BotUser;
    readonly actor_chat?: BotChat;
    readonly date: number;
    readonly new_reaction: readonly Reaction[];
  };
  readonly callback_query?: {
    readonly id: string;
    readonly from: BotUser;
    /** Its date is 0 when it is too old to be shown to us. */
    readonly message?: BotMessage;
    readonly data?: string;
  };
  readonly poll_answer?: {
    readonly poll_id: string;
    readonly user?: BotUser;
    readonly voter_chat?: BotChat;
    readonly option_ids: readonly number[];
  };
  readonly my_chat_member?: ChatMemberUpdate;
  readonly chat_member?: ChatMemberUpdate;
}

export interface ChatMemberUpdate {
  readonly chat: BotChat;
  readonly from: BotUser;
  readonly date: number;
  readonly old_chat_member: ChatMember;
  readonly new_chat_member: ChatMember;
}

/** Kinds of updates that are asked for; reactions and members come only to those who name them. */
export const ALLOWED_UPDATES = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_connection",
  "business_message",
  "edited_business_message",
  "deleted_business_messages",
  "message_reaction",
  "callback_query",
  "poll_answer",
  "my_chat_member",
  "chat_member",
] as const satisfies readonly (keyof BotUpdate)[];
