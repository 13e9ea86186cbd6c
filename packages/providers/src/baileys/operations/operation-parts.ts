import type { KeptMedia } from "@orquesta/core";
import type { AuthenticationCreds, WASocket } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { ContactDirectory } from "../contact-directory.ts";
import type { GroupMetadataCache } from "../groups/group-metadata.ts";
import type { SessionStore } from "../session-store.ts";
import type { PlatformQuery } from "./platform-query.ts";

/** What the operations of a session work with. */
export interface OperationParts {
  readonly library: BaileysLibrary;
  readonly socket: WASocket;
  readonly query: PlatformQuery;
  readonly contacts: ContactDirectory;
  readonly groups: GroupMetadataCache;
  readonly store: SessionStore;
  readonly media: KeptMedia;
  readonly me: () => AuthenticationCreds["me"];
}
