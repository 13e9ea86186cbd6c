import type {
  InstanceKeyView,
  InstanceView,
  ListedInstanceKey,
  LogLine,
  OutboxView,
  PairingChallenge,
  SessionArchive,
} from "@orquesta/core";
import type { Context } from "hono";
import type { ResolvedHandlerOptions } from "../../handler-options.ts";
import { DEFAULT_INSTANCE_TYPES, INSTANCE_TYPES } from "./schemas/instance.ts";
import { toAuthStatusWord, toStatusWord } from "./words.ts";

/** The port under which the instance's routes are reached: its own, or the main one, which takes its key too. */
export async function apiPortOf(
  c: Context,
  { portOf, publicPort }: ResolvedHandlerOptions,
  instanceId: string,
): Promise<number> {
  const own = await portOf(instanceId);
  if (own !== null) return own;
  if (publicPort !== undefined) return publicPort;
  const { port, protocol } = new URL(c.req.url);
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

function instanceTypesOf({ metadata }: InstanceView) {
  const stored: unknown = metadata["type_instance"];
  const types = Array.isArray(stored) ? stored : [];
  const known = INSTANCE_TYPES.filter((type) => types.includes(type));
  return known.length > 0 ? known : [...DEFAULT_INSTANCE_TYPES];
}

export function presentSessionArchive(archive: SessionArchive) {
  return {
    id: archive.id,
    account: accountOf(archive),
    key_count: archive.keyCount,
    archived_at: archive.archivedAt,
    expires_at: archive.expiresAt,
  };
}

function accountOf({ account }: Pick<InstanceView, "account">): string | null {
  return account?.phone ? `+${account.phone}` : null;
}

export function presentInstance(view: InstanceView, apiPort: number) {
  return {
    id: view.id,
    // Instances that were made through the SDK may have no company; this document knows only strings.
    company_id: view.companyId ?? "",
    provider: view.provider,
    type_instance: instanceTypesOf(view),
    status: toStatusWord(view),
    auth_status: toAuthStatusWord(view),
    reason: view.reason,
    ports: { api: apiPort },
    account: accountOf(view),
    last_seen_at: view.lastSeenAt,
    evidence: view.evidence && {
      last_ping_at: view.evidence.lastPingAt,
      ping_round_trip_ms: view.evidence.pingRoundTripMs,
      last_ack_at: view.evidence.lastAckAt,
    },
    created_at: view.createdAt,
    updated_at: view.updatedAt,
  };
}

export function presentAuthStatus(view: InstanceView, challenge: PairingChallenge | null) {
  const status = toAuthStatusWord(view);
  return {
    status,
    authenticated: status === "authenticated",
    account: accountOf(view),
    reason: view.reason,
    pairing: challenge && presentPairing(challenge),
  };
}

/** What is asked for, without what answers it. */
function presentPairing(challenge: PairingChallenge) {
  const { type } = challenge;
  return type === "passkey"
    ? { type, expires_at: null, message: challenge.message }
    : { type, expires_at: challenge.expiresAt, message: null };
}

export function presentKey(view: InstanceKeyView) {
  return {
    api_key: view.key,
    generated_at: view.generatedAt,
    last_use: view.lastUsedAt,
    usage_count: view.usageCount,
  };
}

export function presentListedKey(listed: ListedInstanceKey) {
  return {
    id: listed.id,
    last_four: listed.lastFour,
    current: listed.expiresAt === null,
    generated_at: listed.generatedAt,
    last_use: listed.lastUsedAt,
    usage_count: listed.usageCount,
    expires_at: listed.expiresAt,
  };
}

export function presentLogLine({ at, level, message, source }: LogLine) {
  return { timestamp: at, level, message, source };
}

export function presentMessage(view: OutboxView) {
  return {
    id: view.id,
    message_id: view.messageId,
    chat_id: view.chatId,
    status: view.status,
    error: view.error,
    created_at: view.createdAt,
    sent_at: view.sentAt,
    repeated: view.repeated,
  };
}
