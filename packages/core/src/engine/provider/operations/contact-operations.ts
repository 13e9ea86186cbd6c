import type { Contact } from "../../message/contact.ts";
import type { IncomingMedia } from "../../message/incoming-content.ts";

/** Whether somebody is on the platform. */
export interface ContactCheck {
  /** As it was asked. */
  readonly input: string;
  /** Null when nobody is there. */
  readonly contact: Contact | null;
}

export interface ContactOperations {
  /** What people typed, such as phone numbers; one answer for each, in their order. */
  check(inputs: readonly string[], signal: AbortSignal): Promise<readonly ContactCheck[]>;
  /** @throws CONTACT_NOT_FOUND */
  get(contactId: string, signal: AbortSignal): Promise<Contact & { readonly about: string | null }>;
  /** The profile picture, of a group too; null when there is none, or it is not shown to us. */
  picture(contactId: string, signal: AbortSignal): Promise<IncomingMedia | null>;
  block(contactId: string, signal: AbortSignal): Promise<void>;
  unblock(contactId: string, signal: AbortSignal): Promise<void>;
  /** Ids of those that are blocked. */
  blocked(signal: AbortSignal): Promise<readonly string[]>;
}
