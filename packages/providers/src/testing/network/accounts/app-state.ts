import { randomBytes } from "node:crypto";
import {
  type ChatMutation,
  decodePatches,
  type LTHashState,
  newLTHashState,
  proto,
} from "@whiskeysockets/baileys";

type Collection = Parameters<typeof decodePatches>[0];

/** How an account's phone shows a chat. */
export interface ChatLook {
  archived: boolean;
  pinned: boolean;
  unread: boolean;
  /** Unix ms; null: it is not muted. */
  mutedUntil: number | null;
}

/**
 * What an account's devices share about chats: the server keeps encrypted patches in their order, the
 * phone reads them and checks every signature and hash on the way.
 */
export class AppState {
  readonly keyId = randomBytes(6);
  readonly keyData = randomBytes(32);
  /** What the phone could not read, and why. */
  readonly failures: string[] = [];
  readonly #chats = new Map<string, ChatLook>();
  readonly #patches = new Map<string, Uint8Array[]>();
  readonly #states = new Map<string, LTHashState>();
  #pushName: string | null = null;
  #reading: Promise<void> = Promise.resolve();

  get pushName(): string | null {
    return this.#pushName;
  }

  chat(id: string): ChatLook {
    let chat = this.#chats.get(id);
    if (chat === undefined) {
      chat = { archived: false, pinned: false, unread: false, mutedUntil: null };
      this.#chats.set(id, chat);
    }
    return chat;
  }

  versionOf(name: string): number {
    return this.#patches.get(name)?.length ?? 0;
  }

  /** Patches that are newer than `version`. */
  since(name: string, version: number): readonly Uint8Array[] {
    return this.#patches.get(name)?.slice(version) ?? [];
  }

  /** False when it does not follow on the newest one. */
  add(name: string, version: number, bytes: Uint8Array): boolean {
    if (version !== this.versionOf(name)) return false;
    const patch = proto.SyncdPatch.decode(bytes);
    patch.version = { version: version + 1 };
    const numbered = proto.SyncdPatch.encode(patch).finish();
    this.#patches.set(name, [...(this.#patches.get(name) ?? []), numbered]);
    this.#reading = this.#reading.then(() => this.#read(name, numbered));
    return true;
  }

  async #read(name: string, bytes: Uint8Array): Promise<void> {
    const complain = (_fields: unknown, message: string) => void this.failures.push(message);
    const quiet = () => {};
    const logger = {
      level: "warn",
      trace: quiet,
      debug: quiet,
      info: quiet,
      warn: complain,
      error: complain,
      child: () => logger,
    };
    try {
      const { state, mutationMap } = await decodePatches(
        // Bridge: the name came over the wire.
        name as Collection,
        [proto.SyncdPatch.decode(bytes)],
        this.#states.get(name) ?? newLTHashState(),
        async (id) =>
          id === this.keyId.toString("base64") ? { keyData: this.keyData } : undefined,
        {},
        undefined,
        logger,
      );
      this.#states.set(name, state);
      for (const mutation of Object.values(mutationMap)) this.#apply(mutation);
    } catch (error) {
      this.failures.push(error instanceof Error ? error.message : "unreadable");
    }
  }

  #apply({ index: [, id = ""], syncAction: { value } }: ChatMutation): void {
    if (value?.pushNameSetting) this.#pushName = value.pushNameSetting.name ?? null;
    if (id === "") return;
    const chat = this.chat(id);
    if (value?.archiveChatAction) chat.archived = value.archiveChatAction.archived === true;
    if (value?.pinAction) chat.pinned = value.pinAction.pinned === true;
    if (value?.markChatAsReadAction) chat.unread = value.markChatAsReadAction.read === false;
    const mute = value?.muteAction;
    if (mute) chat.mutedUntil = mute.muted ? Number(mute.muteEndTimestamp) : null;
  }
}

/** What the phone sends to a device that was linked, so that it can read and write patches. */
export function keyShare({ keyId, keyData }: AppState): proto.IMessage {
  const fingerprint = { rawId: 1, currentIndex: 0, deviceIndexes: [0, 1] };
  const key = { keyId: { keyId }, keyData: { keyData, fingerprint, timestamp: Date.now() } };
  return {
    protocolMessage: {
      type: proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE,
      appStateSyncKeyShare: { keys: [key] },
    },
  };
}
