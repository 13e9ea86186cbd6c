import type { WaitOptions } from "../error/abort.ts";
import { parse } from "../error/parse.ts";
import type { Contact } from "../message/contact.ts";
import type { MediaSource } from "../message/media-source.ts";
import type { OperationDesk } from "./operation-desk.ts";
import { aboutSchema, profileNameSchema } from "./operation-input.ts";
import { takePicture } from "./take-picture.ts";

/**
 * `manager.profile`: how the account shows itself. Each may throw VALIDATION_FAILED, INSTANCE_NOT_FOUND,
 * CAPABILITY_MISSING, INSTANCE_NOT_RUNNING, SESSION_CLOSED, OPERATION_REFUSED, TIMED_OUT (after 30 s
 * unless told otherwise) and ABORTED.
 */
export class ProfileSubject {
  readonly #desk: OperationDesk;

  constructor(desk: OperationDesk) {
    this.#desk = desk;
  }

  get(
    instanceId: string,
    options: WaitOptions = {},
  ): Promise<Contact & { readonly about: string | null }> {
    return this.#desk.run(instanceId, "profile.get", options, ({ profile }, { signal }) =>
      profile?.get?.(signal),
    );
  }

  setName(instanceId: string, name: string, options: WaitOptions = {}): Promise<void> {
    return this.#desk.run(instanceId, "profile.setName", options, ({ profile }, { signal }) =>
      profile?.setName?.(parse(profileNameSchema, name, "name"), signal),
    );
  }

  setAbout(instanceId: string, about: string, options: WaitOptions = {}): Promise<void> {
    return this.#desk.run(instanceId, "profile.setAbout", options, ({ profile }, { signal }) =>
      profile?.setAbout?.(parse(aboutSchema, about, "about"), signal),
    );
  }

  /** @param picture a JPEG; null takes it away. @throws what media throw */
  setPicture(
    instanceId: string,
    picture: MediaSource | null,
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(instanceId, "profile.setPicture", options, ({ profile }, place) => {
      const { setPicture } = profile ?? {};
      if (!profile || !setPicture) return undefined;
      return takePicture(picture, place).then((kept) =>
        setPicture.call(profile, kept, place.signal),
      );
    });
  }
}
