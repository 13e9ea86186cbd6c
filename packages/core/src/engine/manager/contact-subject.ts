import type { WaitOptions } from "../error/abort.ts";
import { parse } from "../error/parse.ts";
import type { Contact } from "../message/contact.ts";
import type { IncomingMedia } from "../message/incoming-content.ts";
import type { ContactCheck } from "../provider/operations/contact-operations.ts";
import type { OperationDesk } from "./operation-desk.ts";
import { inputsSchema } from "./operation-input.ts";

/**
 * `manager.contacts`. Each may throw VALIDATION_FAILED, INSTANCE_NOT_FOUND, CAPABILITY_MISSING,
 * INSTANCE_NOT_RUNNING, SESSION_CLOSED, OPERATION_REFUSED, TIMED_OUT (after 30 s unless told otherwise)
 * and ABORTED.
 */
export class ContactSubject {
  readonly #desk: OperationDesk;

  constructor(desk: OperationDesk) {
    this.#desk = desk;
  }

  /** Who is on the platform, of what people typed: one answer for each, in their order. @param inputs at most 1 000 */
  check(
    instanceId: string,
    inputs: readonly string[],
    options: WaitOptions = {},
  ): Promise<readonly ContactCheck[]> {
    return this.#desk.run(instanceId, "contacts.check", options, ({ contacts }, { signal }) =>
      contacts?.check?.(parse(inputsSchema, inputs, "inputs"), signal),
    );
  }

  /** @throws CONTACT_NOT_FOUND */
  get(
    instanceId: string,
    contactId: string,
    options: WaitOptions = {},
  ): Promise<Contact & { readonly about: string | null }> {
    return this.#desk.run(
      instanceId,
      "contacts.get",
      options,
      ({ contacts }, { provider, signal }) =>
        contacts?.get?.(provider.parseChatId(contactId), signal),
    );
  }

  /** The profile picture, of a group too; null when there is none, or it is not shown to us. `manager.media.open` gives its bytes. */
  picture(
    instanceId: string,
    contactId: string,
    options: WaitOptions = {},
  ): Promise<IncomingMedia | null> {
    return this.#desk.run(
      instanceId,
      "contacts.picture",
      options,
      ({ contacts }, { provider, signal }) =>
        contacts?.picture?.(provider.parseChatId(contactId), signal),
    );
  }

  block(instanceId: string, contactId: string, options: WaitOptions = {}): Promise<void> {
    return this.#desk.run(
      instanceId,
      "contacts.block",
      options,
      ({ contacts }, { provider, signal }) =>
        contacts?.block?.(provider.parseChatId(contactId), signal),
    );
  }

  unblock(instanceId: string, contactId: string, options: WaitOptions = {}): Promise<void> {
    return this.#desk.run(
      instanceId,
      "contacts.unblock",
      options,
      ({ contacts }, { provider, signal }) =>
        contacts?.unblock?.(provider.parseChatId(contactId), signal),
    );
  }

  /** Ids of those that are blocked. */
  blocked(instanceId: string, options: WaitOptions = {}): Promise<readonly string[]> {
    return this.#desk.run(instanceId, "contacts.blocked", options, ({ contacts }, { signal }) =>
      contacts?.blocked?.(signal),
    );
  }
}
