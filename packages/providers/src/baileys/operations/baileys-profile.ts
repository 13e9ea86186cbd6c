import type { Contact, MediaReference, ProfileOperations } from "@orquesta/core";
import { OrquestaError } from "@orquesta/core";
import { userJid } from "../jid.ts";
import { accountOf } from "../own-account.ts";
import type { OperationParts } from "./operation-parts.ts";
import { setPicture } from "./profile-picture.ts";
import { askUsers } from "./usync.ts";

/** How the account shows itself. */
export class BaileysProfile implements ProfileOperations {
  readonly #parts: OperationParts;

  constructor(parts: OperationParts) {
    this.#parts = parts;
  }

  async get(signal: AbortSignal): Promise<Contact & { readonly about: string | null }> {
    const { query } = this.#parts;
    const me = this.#me();
    const ask = () => askUsers(this.#parts, [userJid(me.id)], ["contact", "status"]);
    const [answer] = await query.run("asking for the profile", ask, signal);
    return { ...accountOf(me), about: answer?.about ?? null };
  }

  async setName(name: string, signal: AbortSignal): Promise<void> {
    const { query, socket } = this.#parts;
    await query.run("changing the name", () => socket.updateProfileName(name), signal);
    // Others see it with the next message; the phone would tell us only later.
    socket.ev.emit("creds.update", { me: { ...this.#me(), name } });
  }

  async setAbout(about: string, signal: AbortSignal): Promise<void> {
    const { query, socket } = this.#parts;
    await query.run("changing the about", () => socket.updateProfileStatus(about), signal);
  }

  async setPicture(picture: MediaReference | null, signal: AbortSignal): Promise<void> {
    const { query } = this.#parts;
    const change = () => setPicture(this.#parts, userJid(this.#me().id), picture);
    await query.run("changing the picture", change, signal);
  }

  #me() {
    const me = this.#parts.me();
    if (me === undefined) throw new OrquestaError("SESSION_CLOSED", "the account is not linked");
    return me;
  }
}
