import type { Change, DurableEvent, SessionContext } from "@orquesta/core";
import type { AuthenticationCreds } from "@whiskeysockets/baileys";
import { MessageArchive } from "./archive/message-archive.ts";
import type { BaileysLibrary } from "./baileys-library.ts";
import { CommitQueue } from "./commit-queue.ts";
import { ContactDirectory } from "./contact-directory.ts";
import { loadCredentials } from "./credentials.ts";
import { GroupChanges } from "./groups/group-changes.ts";
import { PendingHistories } from "./history/pending-histories.ts";
import { IncomingMessages } from "./incoming/incoming-message.ts";
import { MessageUpdates } from "./incoming/message-updates.ts";
import { makeKeyCodecs } from "./key-codec.ts";
import { OutgoingMessages } from "./outgoing/outgoing-message.ts";
import type { SentChats } from "./outgoing/sent-chats.ts";
import { SessionStore } from "./session-store.ts";
import type { LiveSettings } from "./settings/live-settings.ts";

export interface SessionPartsOptions {
  readonly context: SessionContext<{ readonly syncFullHistory: boolean }>;
  readonly library: BaileysLibrary;
  readonly sentChats: SentChats;
  /** Keeps frames back until the promise is settled. */
  readonly hold: (durable: Promise<void>) => void;
  /** Something could not be stored or read. */
  readonly onFailure: (cause: unknown) => void;
  /** Told of what is in the journal now. */
  readonly onCommitted: (events: readonly DurableEvent[]) => void;
  readonly settings: LiveSettings;
}

/** What a session is made of, apart from its socket. */
export interface SessionParts {
  readonly queue: CommitQueue;
  readonly store: SessionStore;
  readonly creds: AuthenticationCreds;
  readonly contacts: ContactDirectory;
  readonly incoming: IncomingMessages;
  readonly histories: PendingHistories;
  readonly groupChanges: GroupChanges;
  readonly updates: MessageUpdates;
  readonly archive: MessageArchive;
  readonly outgoing: OutgoingMessages;
}

/** @throws SESSION_KEYS_UNREADABLE */
export async function makeSessionParts(options: SessionPartsOptions): Promise<SessionParts> {
  const { context, library, sentChats, hold, onFailure } = options;
  const commit = async (change: Change) => {
    await context.commit(change);
    if (change.events) options.onCommitted(change.events);
  };
  const queue = new CommitQueue({ commit, hold, onFailure });
  const store = new SessionStore({
    keys: context.keys,
    codecs: makeKeyCodecs(library),
    queue,
    onFailure,
  });
  const creds = await loadCredentials(store, library);
  const contacts = new ContactDirectory(store);
  const me = () => creds.me;
  const isWanted = context.settings.syncFullHistory;
  const histories = await PendingHistories.load({ library, store, me, isWanted });
  const archive = new MessageArchive(library, store, contacts, me);
  return {
    queue,
    store,
    creds,
    contacts,
    archive,
    histories,
    incoming: new IncomingMessages({
      library,
      contacts,
      store,
      archive,
      me,
      ignores: (type) => options.settings.ignores(type),
    }),
    groupChanges: new GroupChanges(contacts),
    updates: new MessageUpdates(contacts, me, (messageId) => sentChats.get(messageId)),
    outgoing: new OutgoingMessages(library, archive, me),
  };
}
