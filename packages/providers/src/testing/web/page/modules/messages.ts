import type { Chat, Msg } from "../models.ts";
import { PageError, ServerStatusCodeError } from "../page-error.ts";
import { createWid, MsgKey, Wid } from "../wid.ts";
import { keyOf, type World } from "../world.ts";
import type { Modules } from "./modules.ts";

const LINK = /https?:\/\/\S+/g;
const EDIT_WINDOW_S = 15 * 60;
/** What a message of ours has beside its content. */
const ENVELOPE = new Set(["id", "ack", "from", "to", "local", "self", "t", "isNewMsg"]);

interface OutgoingMsg {
  readonly id: MsgKey;
  readonly from: Wid;
  readonly to: Wid;
  readonly t: number;
  readonly [attribute: string]: unknown;
}

/** Modules of writing, and of what is done to messages. */
export function messageModules(world: World): Modules {
  const findLinks = (text: unknown): { href: string }[] =>
    [...String(text ?? "").matchAll(LINK)].map(([href]) => ({ href }));

  const seenChat = async (chat: Chat): Promise<void> => {
    await world.line.ask("seen", { chat: chat.id._serialized });
    chat.set({ unreadCount: 0 });
    for (const { id } of chat.msgs.getModelsArray()) {
      await world.profile.change(id.id, null, { isUnread: false });
    }
  };

  const revoke = async (chat: Chat, { list }: { readonly list: readonly Msg[] }): Promise<void> => {
    for (const { id } of list) {
      await world.line.ask("revoke", { to: chat.id._serialized, id: id.id });
      await changed(world, id.id, { type: "revoked", body: undefined, caption: undefined });
    }
  };

  Object.assign(world.cmd, {
    archiveChat: async (chat: Chat, archived: boolean) => {
      await chat.mark({ archived });
      chat.set({ archive: archived });
    },
    pinChat: async (chat: Chat, pinned: boolean) => {
      await chat.mark({ pinned });
      chat.set({ pin: pinned });
    },
    markChatUnread: async (chat: Chat) => {
      await chat.mark({ markedUnread: true });
      chat.set({ unreadCount: -1 });
    },
    sendRevokeMsgs: revoke,
  });

  return {
    WALinkify: { findLinks, findLink: (text: unknown) => findLinks(text)[0] ?? null },
    WAWebWidFactory: {
      createWid,
      createWidFromWidLike: createWid,
      asUserWidOrThrow: (wid: Wid) => {
        if (wid.isUser()) return wid;
        throw new PageError("wid error: not a user");
      },
    },
    WAWebMsgKey: MsgKey,
    WAWebFindChatAction: {
      findOrCreateLatestChat: async (wid: unknown) => ({ chat: await world.findChat(wid) }),
    },
    WAWebUpdateUnreadChatAction: {
      sendSeen: ({ chat }: { readonly chat: Chat }) => seenChat(chat),
    },
    WAWebChatGetters: { getIsNewsletter: () => false, getIsBroadcast: () => false },
    WAWebGetEphemeralFieldsMsgActionsUtils: { getEphemeralFields: () => ({}) },
    WAWebLinkPreviewChatAction: { getLinkPreview: async () => null },
    WAWebSendMsgChatAction: {
      addAndSendMsgToChat: (chat: Chat, message: OutgoingMsg) => send(world, chat, message),
    },
    WAWebMsgReply: { canReplyMsg: (msg: Msg) => msg.canReply() },
    WAWebSendReactionMsgAction: {
      sendReactionToMsg: async ({ id }: Msg, text: string) => {
        await world.line.ask("react", { to: id.remote._serialized, id: id.id, text });
      },
    },
    WAWebMsgActionCapability: {
      canEditText: (msg: Msg) => msg.type === "chat" && canEdit(msg),
      canEditCaption: (msg: Msg) => msg.directPath !== undefined && canEdit(msg),
      canSenderRevokeMsg: ({ id }: Msg) => id.fromMe,
      canAdminRevokeMsg: ({ id }: Msg) => world.chats.get(id.remote)?.iAmAdmin() ?? false,
    },
    WAWebSendMessageEditAction: {
      sendMessageEdit: async ({ id, directPath }: Msg, body: string) => {
        const { t } = await world.line.ask("edit", { to: id.remote._serialized, id: id.id, body });
        const wording = directPath === undefined ? { body } : { caption: body };
        await changed(world, id.id, { ...wording, latestEditSenderTimestampMs: t });
      },
    },
    WAWebChatForwardMessage: {
      forwardMessages: async ({ chat, msgs }: { readonly chat: Chat; readonly msgs: Msg[] }) => {
        for (const msg of msgs) await forward(world, chat, msg);
      },
    },
    WAWebChatStateBridge: {
      sendChatStateComposing: (wid: Wid) => chatState(world, wid, "composing"),
      sendChatStateRecording: (wid: Wid) => chatState(world, wid, "recording"),
      sendChatStatePaused: (wid: Wid) => chatState(world, wid, "paused"),
    },
    WAWebChatLoadMessages: {
      loadEarlierMsgs: async ({ chat }: { readonly chat: Chat }) => world.loadEarlier(chat),
    },
    WAWebNonMessageDataRequestPlaceholderMessageResendUtils: {
      handlePlaceholderMsgsSeen: () => {},
    },
  };
}

/** Messages of the page also by their key, from what the profile holds. */
export function searchableMessages(world: World): object {
  return Object.assign(world.messages, {
    getMessagesById: async (keys: readonly string[]) => ({
      messages: keys.flatMap((key) => world.load(key) ?? []),
    }),
  });
}

function send(world: World, chat: Chat, message: OutgoingMsg): [Promise<Msg>, Promise<object>] {
  const contents = Object.entries(message).filter(
    ([name, value]) => !ENVELOPE.has(name) && value !== undefined && typeof value !== "function",
  );
  const attributes = Object.fromEntries(contents.map(([name, value]) => [name, plain(value)]));
  const { id, t } = message;
  const stored = {
    id: id.id,
    fromMe: true,
    remote: id.remote._serialized,
    participant: id.participant?._serialized ?? null,
    from: message.from._serialized,
    to: message.to._serialized,
    t,
    ack: 0,
    attributes,
    changes: {},
    isUnread: false,
  };
  const added = world.profile.write({}, [stored]).then(() => world.show(stored, true));
  const sent = added.then(async (msg) => {
    const result = await handOver(world, chat, msg, attributes);
    if (!world.settlesSends) await new Promise(() => {});
    return result;
  });
  return [added, sent];
}

async function handOver(
  world: World,
  chat: Chat,
  msg: Msg,
  attributes: Record<string, unknown>,
): Promise<object> {
  const { id } = msg.id;
  try {
    const { t } = await world.line.ask("send", { to: chat.id._serialized, id, attributes });
    if (world.settlesSends && msg.ack < 1) await changed(world, id, { ack: 1 });
    return { messageSendResult: "OK", t };
  } catch (error) {
    // Without a line it stays under way until there is one again.
    if (!(error instanceof ServerStatusCodeError)) return await new Promise(() => {});
    await changed(world, id, { ack: -1 });
    return { messageSendResult: "ERROR_UNKNOWN" };
  }
}

async function forward(world: World, chat: Chat, msg: Msg): Promise<void> {
  const stored = world.profile.messages.get(msg.id.id);
  const me = world.requireMe();
  if (!stored) throw new PageError("there is no such message");
  const from = createWid(chat.id.isLid() ? me.lid : me.phone);
  const id = new MsgKey({
    remote: chat.id,
    id: MsgKey.newId(),
    participant: chat.id.isGroup() ? from : undefined,
  });
  const t = Math.floor(Date.now() / 1000);
  const attributes = { ...stored.attributes, ...stored.changes, isForwarded: true };
  await Promise.all(send(world, chat, { ...attributes, id, from, to: chat.id, t }));
}

async function chatState(
  world: World,
  wid: Wid,
  state: "composing" | "recording" | "paused",
): Promise<void> {
  await world.line.ask("chatState", { chat: wid._serialized, state });
}

function canEdit({ id, t }: Msg): boolean {
  return id.fromMe && Date.now() / 1000 - t < EDIT_WINDOW_S;
}

async function changed(world: World, id: string, changes: object): Promise<void> {
  const before = world.profile.messages.get(id);
  if (!before) return;
  const ack = "ack" in changes && typeof changes.ack === "number" ? changes.ack : before.ack;
  // First what is shown: a receipt must not overtake it while the profile is written.
  world.messages.get(keyOf(before))?.set(changes);
  await world.profile.change(id, null, { ack, changes: { ...before.changes, ...changes } });
}

/** As it goes over the line. */
function plain(value: unknown): unknown {
  if (value instanceof Wid) return value._serialized;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return [...value];
  return value;
}
