import { badRequest } from "../wire/api-error.ts";
import type { FileSummary } from "../wire/types.ts";
import { fileForBot } from "../world/file-registry.ts";
import { chatMemberOf, isAdministrator } from "../world/member.ts";
import { messageForBot } from "../world/message-view.ts";
import type { Room } from "../world/room.ts";
import type { Call, Methods } from "./call.ts";
import { requireRight, roomOf, roomWithRight } from "./chat-access.ts";

const MAX_TITLE = 128;
const MAX_DESCRIPTION = 255;
const CHANGE = ["can_change_info", "change chat info"] as const;
const PIN = ["can_pin_messages", "manage pinned messages in the chat"] as const;

/** Chats as such: what they are called, who is in them, what is pinned. */
export const chatMethods: Methods = {
  getChat: (call: Call): object => fullChat(call, roomOf(call)),
  getChatMemberCount: (call: Call): number => {
    const room = roomOf(call);
    if (room.type === "private") return 2;
    return [...room.members.keys()].filter((id) => room.member(id)).length;
  },
  getChatAdministrators: (call: Call): readonly object[] => {
    const room = roomOf(call);
    if (room.type === "private")
      throw badRequest("there are no administrators in the private chat");
    // Other bots are not named.
    return [...room.members.values()]
      .filter((member) => isAdministrator(member))
      .filter(({ user }) => !user.is_bot || user.id === call.bot.id)
      .map(chatMemberOf);
  },
  getChatMember: (call: Call): object => {
    const room = roomOf(call);
    const userId = call.parameters.integer("user_id");
    const member = room.members.get(userId);
    if (member) return chatMemberOf(member);
    const user = call.world.users.get(userId) ?? call.world.botById(userId)?.user;
    if (!user) throw badRequest("invalid user_id specified");
    const status = room.type === "private" ? "member" : "left";
    return chatMemberOf({ user, status, rights: [] });
  },
  leaveChat: (call: Call): true => {
    const room = roomOf(call);
    if (room.type === "private")
      throw badRequest("chat member status can't be changed in private chats");
    call.changes.leave(room, call.bot.user);
    return true;
  },
  setChatTitle: (call: Call): true => {
    const room = roomWithRight(call, ...CHANGE);
    const title = call.parameters.text("title").trim();
    if (title === "" || title.length > MAX_TITLE) throw badRequest("CHAT_TITLE_EMPTY");
    if (title === room.title) throw badRequest("CHAT_NOT_MODIFIED");
    room.title = title;
    call.post.post(room, call.bot.user, { new_chat_title: title });
    return true;
  },
  setChatDescription: (call: Call): true => {
    const room = roomWithRight(call, ...CHANGE);
    const description = call.parameters.text("description");
    if (description.length > MAX_DESCRIPTION) throw badRequest("description is too long");
    if (description === (room.description ?? ""))
      throw badRequest("chat description is not modified");
    room.description = description;
    return true;
  },
  setChatPhoto: (call: Call): true => {
    const room = roomWithRight(call, ...CHANGE);
    const upload = call.parameters.upload("photo");
    if (!upload) throw badRequest("there is no photo in the request");
    if (upload.bytes.length === 0) throw badRequest("file must be non-empty");
    const file = call.world.files.store("photo", upload);
    room.photo = file;
    call.post.post(room, call.bot.user, { new_chat_photo: [call.world.files.summary(file)] });
    return true;
  },
  deleteChatPhoto: (call: Call): true => {
    const room = roomWithRight(call, ...CHANGE);
    if (!room.photo) throw badRequest("CHAT_NOT_MODIFIED");
    room.photo = undefined;
    call.post.post(room, call.bot.user, { delete_chat_photo: true });
    return true;
  },
  setChatPermissions: (call: Call): true => {
    const room = roomWithRight(call, "can_restrict_members", "change chat permissions");
    const wanted = call.parameters.object("permissions", "ChatPermissions");
    if (!wanted) throw badRequest("permissions is empty");
    room.permissions = Object.fromEntries(
      Object.entries(wanted).map(([name, value]) => [name, value === true]),
    );
    return true;
  },
  pinChatMessage: (call: Call): true => {
    const room = roomToPin(call);
    const stored = room.get(call.parameters.integer("message_id"), "message to pin");
    const id = stored.message.message_id;
    if (room.pinned.includes(id)) throw badRequest("CHAT_NOT_MODIFIED");
    room.pinned.push(id);
    if (room.type !== "private") {
      call.post.post(room, call.bot.user, { pinned_message: stored.message });
    }
    return true;
  },
  unpinChatMessage: (call: Call): true => {
    const room = roomToPin(call);
    const id = call.parameters.integer("message_id", room.pinned.at(-1) ?? 0);
    const index = room.pinned.indexOf(id);
    if (index < 0) throw badRequest("message to unpin not found");
    room.pinned.splice(index, 1);
    return true;
  },
  unpinAllChatMessages: (call: Call): true => {
    roomToPin(call).pinned.splice(0);
    return true;
  },
  getUserProfilePhotos: (call: Call): object => {
    const id = call.parameters.integer("user_id");
    if (!call.world.users.has(id)) throw badRequest("user not found");
    const file = call.world.photos.get(id);
    const photos = file ? [[fileForBot(call.bot.id, call.world.files.summary(file))]] : [];
    return { total_count: photos.length, photos };
  },
};

function roomToPin(call: Call): Room {
  const room = roomOf(call);
  if (room.type === "channel") {
    requireRight(call, room, "can_edit_messages", "manage pinned messages in the chat");
  } else if (room.type !== "private") {
    requireRight(call, room, ...PIN);
  }
  return room;
}

/** https://core.telegram.org/bots/api#chatfullinfo */
function fullChat({ bot, world }: Call, room: Room): object {
  const pinned = room.find(room.pinned.at(-1) ?? 0);
  const link = [...room.inviteLinks.values()].find(
    (one) => one.is_primary && !one.is_revoked && one.creator.id === bot.id,
  );
  const photo = room.user ? world.photos.get(room.user.id) : room.photo;
  return {
    ...room.chat,
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {},
    ...(room.description ? { description: room.description } : {}),
    ...(photo ? { photo: chatPhotoOf(bot.id, world.files.summary(photo)) } : {}),
    ...(room.type === "group" || room.type === "supergroup"
      ? { permissions: { ...ALL_PERMISSIONS, ...room.permissions } }
      : {}),
    ...(link ? { invite_link: link.invite_link } : {}),
    ...(pinned ? { pinned_message: messageForBot(bot.id, pinned.message) } : {}),
    ...(room.user && world.descriptions.has(room.user.id)
      ? { bio: world.descriptions.get(room.user.id) }
      : {}),
  };
}

/** https://core.telegram.org/bots/api#chatphoto; the fake has one size of each picture. */
function chatPhotoOf(botId: number, summary: FileSummary): object {
  const { file_id, file_unique_id } = fileForBot(botId, summary);
  return {
    small_file_id: file_id,
    small_file_unique_id: file_unique_id,
    big_file_id: file_id,
    big_file_unique_id: file_unique_id,
  };
}

const ALL_PERMISSIONS = {
  can_send_messages: true,
  can_send_audios: true,
  can_send_documents: true,
  can_send_photos: true,
  can_send_videos: true,
  can_send_video_notes: true,
  can_send_voice_notes: true,
  can_send_polls: true,
  can_send_other_messages: true,
  can_add_web_page_previews: true,
  can_change_info: true,
  can_invite_users: true,
  can_pin_messages: true,
  can_manage_topics: true,
};
