import type { IncomingMessage } from "@orquesta/core";
import type { BaileysSettings } from "../baileys-options.ts";

/** Those that belong to the connection itself. */
const OF_CONNECTION = ["proxy", "syncFullHistory", "qrLimit"] as const;

/** The settings of a session, which may change while it is open. */
export class LiveSettings {
  #current: BaileysSettings;

  constructor(settings: BaileysSettings) {
    this.#current = settings;
  }

  get current(): BaileysSettings {
    return this.#current;
  }

  get showsOnline(): boolean {
    return this.#current.markOnline || this.#current.alwaysOnline;
  }

  /** Whether what is written in such a chat is not kept. */
  ignores(chatType: IncomingMessage["chatType"]): boolean {
    return chatType === "group" && this.#current.groupsIgnore;
  }

  /** @returns false, and nothing is taken over, where only a new connection can have them */
  change(settings: BaileysSettings): boolean {
    if (OF_CONNECTION.some((name) => settings[name] !== this.#current[name])) return false;
    this.#current = settings;
    return true;
  }
}
