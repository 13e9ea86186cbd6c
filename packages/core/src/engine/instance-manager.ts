import type { EventName } from "./event/event-map.ts";
import type { InstanceEvent } from "./event/instance-event.ts";
import type { WaitOptions } from "./error/abort.ts";
import type { CreateInstance } from "./instance/create-instance.ts";
import type { InstanceKeyView, InstanceView, LogLine, PairingChallenge } from "./instance/instance-view.ts";
import type { IncomingMessage } from "./message/incoming-message.ts";
import type { OutgoingContent } from "./message/outgoing-content.ts";
import type { OutboxView } from "./outbox/outbox-view.ts";
import type { Provider } from "./provider/provider.ts";
import type { Logger } from "./log/logger.ts";

export interface InstanceManagerOptions {
  readonly providers: readonly Provider[];
  readonly dataDir?: string;
  readonly logger?: Logger;
}
export interface StartOptions extends WaitOptions {
  readonly until?: "requested" | "pairing" | "connected";
}
export interface SendOptions extends WaitOptions {
  readonly idempotencyKey?: string;
  readonly until?: "queued" | "sent";
}
export interface ConsumedMessage {
  readonly instanceId: string;
  readonly message: IncomingMessage;
  readonly repeat: boolean;
  readonly signal: AbortSignal;
}

/** Skeleton: replaced by the engine. */
export class InstanceManager {
  constructor(_options: InstanceManagerOptions) {}
  async create(_input: CreateInstance): Promise<InstanceView> { throw new Error("soon"); }
  async ensure(_input: CreateInstance & { readonly name: string }): Promise<InstanceView> { throw new Error("soon"); }
  async get(_id: string): Promise<InstanceView> { throw new Error("soon"); }
  async list(_filter: { readonly companyId?: string } = {}): Promise<InstanceView[]> { throw new Error("soon"); }
  async start(_id: string, _options: StartOptions = {}): Promise<InstanceView> { throw new Error("soon"); }
  async stop(_id: string, _options: WaitOptions = {}): Promise<InstanceView> { throw new Error("soon"); }
  async restart(_id: string, _options: WaitOptions = {}): Promise<InstanceView> { throw new Error("soon"); }
  async logout(_id: string, _options: WaitOptions = {}): Promise<InstanceView> { throw new Error("soon"); }
  async remove(_id: string, _options: WaitOptions = {}): Promise<void> { throw new Error("soon"); }
  async send(_id: string, _chatId: string, _content: OutgoingContent, _options: SendOptions = {}): Promise<OutboxView> { throw new Error("soon"); }
  async message(_id: string, _outboxId: string): Promise<OutboxView> { throw new Error("soon"); }
  /** The QR or code that waits to be scanned; waits for the first one while the session opens. @throws CHALLENGE_UNAVAILABLE */
  async challenge(_id: string, _options: WaitOptions = {}): Promise<PairingChallenge> { throw new Error("soon"); }
  async logs(_id: string, _options: { readonly tail?: number } = {}): Promise<{ readonly lines: LogLine[]; readonly total: number }> { throw new Error("soon"); }
  async instanceKey(_id: string): Promise<InstanceKeyView> { throw new Error("soon"); }
  /** The id of the instance that the key belongs to, counting the use; null when it belongs to none. */
  async authenticate(_key: string): Promise<string | null> { throw new Error("soon"); }
  /** @throws DATABASE_FAILED */
  async checkHealth(): Promise<void> { throw new Error("soon"); }
  on<Name extends EventName>(_name: Name, _listener: (event: InstanceEvent<Name>) => void): () => void { throw new Error("soon"); }
  consume(_name: string, _handler: (message: ConsumedMessage) => Promise<void>): void { throw new Error("soon"); }
  async close(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> { await this.close(); }
}
