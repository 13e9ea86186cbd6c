import { EventEmitter } from "node:events";

/** Everything that a test may want to act on at the very moment. */
export interface ServerEventMap {
  /** A linked device is logged in. */
  login: [{ number: string; device: number }];
  /** A linked device's connection is gone, whatever the cause. */
  disconnect: [{ number: string; device: number }];
  paired: [{ number: string; device: number }];
  /** A device is no longer linked. */
  logout: [{ number: string; device: number; by: "companion" | "phone" }];
  /** A message was written to an account's connection. */
  sent: [{ number: string; device: number; id: string; offline: boolean }];
  receipt: [{ number: string; device: number; id: string; type: string }];
  retry: [{ number: string; device: number; id: string; count: number }];
  nack: [{ number: string; device: number; id: string; error: string }];
  /** A peer's WhatsApp shows a message of an account. `duplicates` counts how often it came again. */
  message: [{ peer: string; from: string; id: string; text: string; duplicates: number }];
  decryptionFailure: [{ peer: string; from: string; id: string; reason: string }];
  /** An account shows what it is doing in a chat, or whether it is online (`chat` is null then). */
  presence: [{ number: string; chat: string | null; presence: string }];
  callRejected: [{ number: string; id: string }];
  /** Something that the real WhatsApp would not take either. */
  refused: [{ number: string | null; reason: string }];
}

export class ServerEvents extends EventEmitter<ServerEventMap> {
  constructor() {
    super();
    // A fleet's test listens once per account, which is no leak.
    this.setMaxListeners(0);
  }
}
