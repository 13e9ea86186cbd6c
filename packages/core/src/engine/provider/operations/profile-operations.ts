import type { Contact } from "../../message/contact.ts";
import type { MediaReference } from "../../message/media-reference.ts";

/** How the account shows itself. */
export interface ProfileOperations {
  get(signal: AbortSignal): Promise<Contact & { readonly about: string | null }>;
  setName(name: string, signal: AbortSignal): Promise<void>;
  setAbout(about: string, signal: AbortSignal): Promise<void>;
  /** @param picture null takes it away */
  setPicture(picture: MediaReference | null, signal: AbortSignal): Promise<void>;
}
