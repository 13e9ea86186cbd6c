import { formatJid, lidOf } from "../wire/jid.ts";
import { AppState } from "./accounts/app-state.ts";
import type { Companion } from "./companion.ts";
import { PrimaryDevice } from "./primary-device.ts";

/** A WhatsApp user: a phone, and the devices that are linked to it (if any). */
export class User {
  readonly number: string;
  readonly jid: string;
  readonly lid: string;
  readonly phone: PrimaryDevice;
  readonly companions = new Map<number, Companion>();
  name: string;
  /** Whether a device is only linked by a client that answers with the account's passkey. */
  demandsPasskey = false;
  /** Whether others may put this user into groups. */
  isAddable = true;
  about: string | null = null;
  picture: Uint8Array | null = null;
  /** Numbers that this user has blocked. */
  readonly blocked = new Set<string>();
  /** Numbers that it has a chat with. */
  readonly chats = new Set<string>();
  /** Whether WhatsApp lets it begin no chats at the moment. */
  isRestricted = false;
  readonly appState = new AppState();
  #lastDevice = 0;

  constructor(number: string, name: string, historyLimit: number) {
    this.number = number;
    this.jid = formatJid(number, "s.whatsapp.net");
    this.lid = formatJid(lidOf(number), "lid");
    this.name = name;
    this.phone = new PrimaryDevice(historyLimit);
  }

  /** Device numbers are never used twice, so a client that was unlinked stays unknown. */
  nextDevice(): number {
    this.#lastDevice += 1;
    return this.#lastDevice;
  }
}
