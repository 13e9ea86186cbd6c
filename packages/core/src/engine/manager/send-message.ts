import { waitFor } from "../error/abort.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { InstanceView } from "../instance/instance-view.ts";
import type { Supervisor } from "../instance/supervisor.ts";
import { discardSource } from "../media/source-opener.ts";
import { mediaSourcesOf } from "../message/media-sources.ts";
import { parseNamedChats } from "../message/named-chats.ts";
import { type OutgoingContent, parseOutgoingContent } from "../message/outgoing-content.ts";
import type { Accepted } from "../outbox/outbox.ts";
import { toView } from "../outbox/outbox-entry.ts";
import type { OutboxView } from "../outbox/outbox-view.ts";
import { requestHash } from "../outbox/request-hash.ts";
import { assertLimits } from "../provider/assert-limits.ts";
import type { Provider } from "../provider/provider.ts";
import { sendableKinds } from "../provider/sendable-kinds.ts";
import type { Engine } from "./engine.ts";
import type { SendOptions } from "./instance-manager-options.ts";

export interface MessageRequest {
  readonly instanceId: string;
  readonly chatId: string;
  readonly content: OutgoingContent;
}

const MAX_IDEMPOTENCY_KEY_LENGTH = 255;
const RESOLVE_TIMEOUT_MS = 5000;

/** Checks a message, makes it durable, hands it to its instance and waits as long as the caller wants: `InstanceManager.send`. */
export async function sendMessage(
  engine: Engine,
  request: MessageRequest,
  options: SendOptions,
): Promise<OutboxView> {
  const { idempotencyKey: _key, until = "queued", ...wait } = options;
  const { instanceId } = request;
  const content = parseOutgoingContent(request.content);
  const takingOver = takeOver(engine, { ...request, content }, options);
  const { supervisor, entry, repeated } = await takingOver.finally(() => {
    for (const source of mediaSourcesOf(content)) discardSource(source);
  });
  const settled = until === "sent" ? engine.waitUntilSettled(instanceId, entry.id, wait) : null;
  // It may fail before anybody listens: what is heard of it is the same promise below.
  settled?.catch(() => {});
  if (!repeated) supervisor.sending.offer(entry);
  const view = async () => toView(await engine.outbox.get(instanceId, entry.id), repeated);
  if (!settled) return toView(entry, repeated);
  // A repeated call may come when the message is settled already.
  const known = repeated ? await view() : null;
  if (known && known.status !== "queued" && known.status !== "sending") return known;
  await settled.catch((error: unknown) => {
    if (!isOrquestaError(error, "TIMED_OUT")) throw error;
  });
  return view();
}

interface TakenOver extends Accepted {
  readonly supervisor: Supervisor;
}

/** Makes a message durable with its media; those of a repeat are not read. */
async function takeOver(
  engine: Engine,
  { instanceId, ...request }: MessageRequest,
  options: SendOptions,
): Promise<TakenOver> {
  const { idempotencyKey = null, signal } = options;
  assertIdempotencyKey(idempotencyKey);
  const supervisor = await engine.fleet.get(instanceId);
  const { provider } = supervisor;
  const parsed = provider.parseChatId(request.chatId);
  assertCapable(provider, request.content);
  assertLimits(provider, request.content);
  const content = parseNamedChats(request.content, (id) => provider.parseChatId(id));
  assertRunning(supervisor.view());
  // As it was asked for: where the chat leads to may be known only the second time.
  const hash = requestHash(parsed, content);
  if (idempotencyKey !== null && mediaSourcesOf(content).length > 0) {
    const entry = await engine.outbox.repeatOf(instanceId, idempotencyKey, hash);
    if (entry) return { supervisor, entry, repeated: true };
  }
  const chatId = await resolveChat(supervisor, parsed);
  const { mediaBytes: maxBytes } = provider.capabilities.limits;
  const resolved = await resolveForward(supervisor, content);
  const kept = await engine.media.take(instanceId, resolved, { maxBytes, signal });
  const accepted = await engine.outbox.add({
    instanceId,
    chatId,
    messageId: provider.createMessageId(),
    content: kept,
    idempotencyKey,
    requestHash: hash,
  });
  return { supervisor, ...accepted };
}

/** A message is kept under the chat that it came from, as the platform knows that. */
async function resolveForward(
  supervisor: Supervisor,
  content: OutgoingContent,
): Promise<OutgoingContent> {
  if (content.type !== "forward") return content;
  return { ...content, fromChatId: await resolveChat(supervisor, content.fromChatId) };
}

/** The chat that the platform knows under this address; the address itself while nobody can be asked. */
async function resolveChat(supervisor: Supervisor, chatId: string): Promise<string> {
  if (supervisor.record.status !== "connected") return chatId;
  const giveUp = new AbortController();
  try {
    const resolved = supervisor.connectedSession().resolveChat?.(chatId, giveUp.signal);
    if (resolved === undefined) return chatId;
    return await waitFor(resolved, "resolving the chat", { timeoutMs: RESOLVE_TIMEOUT_MS });
  } catch {
    return chatId;
  } finally {
    giveUp.abort();
  }
}

function assertIdempotencyKey(key: string | null): void {
  if (key === null || (key.length > 0 && key.length <= MAX_IDEMPOTENCY_KEY_LENGTH)) return;
  throw new OrquestaError(
    "VALIDATION_FAILED",
    `an idempotency key has 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} characters`,
  );
}

function assertCapable({ id, capabilities }: Provider, { type }: OutgoingContent): void {
  const kinds = sendableKinds(capabilities);
  if (kinds.includes(type)) return;
  const can = kinds.length === 0 ? "nothing" : kinds.join(", ");
  throw new OrquestaError("CAPABILITY_MISSING", `${id} cannot send ${type}; it can send ${can}`);
}

/** A message for an instance that nobody runs would come as a surprise, days later. */
function assertRunning({ desired, status }: InstanceView): void {
  const ended = status === "failed" || status === "logged_out" || status === "stopped";
  if (desired === "running" && !ended) return;
  throw new OrquestaError("INSTANCE_NOT_RUNNING", `the instance is ${status}; start it first`);
}
