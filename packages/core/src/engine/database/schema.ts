import type { Generated } from "kysely";

/** Times are Unix ms, JSON is text, bytes are blobs: the same on SQLite and Postgres. */
export interface InstanceRow {
  id: string;
  name: string;
  /** "" when there is none, so that the unique index on (company_id, name) holds. */
  company_id: string;
  provider: string;
  settings: Uint8Array;
  metadata: string;
  desired: "running" | "stopped" | "removed";
  generation: number;
  observed_generation: number;
  forget_keys: number;
  status: string;
  reason: string | null;
  paired: number;
  account: string | null;
  /** Number of the last event. */
  head: number;
  /** The newest event that retention has erased; null while it has erased none. */
  erased_event_id: Generated<string | null>;
  /** Grows with every new owner. */
  fence: number;
  lease_node: string | null;
  lease_expires_at: number;
  created_at: number;
  updated_at: number;
  /** JSON of what differs from the pacing of the manager; null: nothing. */
  pacing: string | null;
  /** JSON; null: the platform restricts nothing. */
  restriction: string | null;
}

export interface EventRow {
  instance_id: string;
  number: number;
  id: string;
  name: string;
  chat_id: string | null;
  occurred_at: number;
  data: string;
}

/** What was journaled once, by hash; outlives the events themselves. */
export interface SeenRow {
  instance_id: string;
  hash: Uint8Array;
  seen_at: number;
}

export interface SessionKeyRow {
  instance_id: string;
  type: string;
  id: string;
  value: Uint8Array;
  expires_at: number | null;
}

export interface SessionArchiveRow {
  instance_id: string;
  id: string;
  account: string | null;
  key_count: number;
  archived_at: number;
  expires_at: number;
}

/** A session key as it was, sealed for its former place: it opens again only there. */
export interface SessionArchiveKeyRow extends SessionKeyRow {
  archive_id: string;
}

export interface ReaderRow {
  name: string;
  created_at: number;
}

export interface ReaderCursorRow {
  reader: string;
  instance_id: string;
  number: number;
}

export interface TaskRow {
  id: Generated<number>;
  reader: string;
  /** What a task is done to: a webhook, or the instance itself. Groups fail, wait and recover alone. */
  target: string;
  lane: string;
  instance_id: string;
  number: number;
  /** `redelivered`: was dead, and a later task does it again. */
  state: "pending" | "done" | "dead" | "redelivered";
  attempt: number;
  run_at: number;
  error: string | null;
  created_at: number;
  finished_at: number | null;
  /** What the target answered to the last run, such as an HTTP status. */
  answer_status: Generated<number | null>;
  duration_ms: Generated<number | null>;
}

export interface OutboxRow {
  seq: Generated<number>;
  id: string;
  instance_id: string;
  chat_id: string;
  message_id: string;
  content: string;
  idempotency_key: string | null;
  /** Hash of chat and content: tells a repeat from a key used twice for different things. */
  request_hash: Uint8Array;
  status: string;
  attempt: number;
  /** What keeps it queued besides the connection; null: nothing. */
  waits_for: Generated<string | null>;
  error_code: string | null;
  error_message: string | null;
  created_at: number;
  updated_at: number;
  sent_at: number | null;
  /** The id that `send` gave, where the platform chose another one. */
  accepted_id: Generated<string | null>;
}

export interface WebhookRow {
  id: string;
  instance_id: string;
  url: string;
  headers: Uint8Array;
  /** Sealed JSON of the signing secrets, the newest first; null for webhooks from before there were any. */
  secrets: Uint8Array | null;
  enabled: number;
  disabled_reason: string | null;
  shape: string;
  /** JSON array of event names and patterns; null = all. */
  events: string | null;
  /** 0 = no limit, null = what the operator configured. */
  max_per_second: number | null;
  timeout_ms: number;
  media_base64: number;
  created_at: number;
  updated_at: number;
}

export interface InstanceKeyRow {
  id: string;
  instance_id: string;
  hash: Uint8Array;
  value: Uint8Array;
  generated_at: number;
  last_used_at: number | null;
  usage_count: number;
  /** Null for the current key of an instance, of which there is exactly one. */
  expires_at: number | null;
}

export interface InstanceLogRow {
  seq: Generated<number>;
  instance_id: string;
  at: number;
  level: string;
  source: string;
  message: string;
}

/** A medium that came in. */
export interface MediaRow {
  instance_id: string;
  media_id: string;
  /** As the platform says; once it is kept, as the bytes say. */
  mime_type: string;
  size: number | null;
  file_name: string | null;
  /** Of the blob; null until somebody wanted it. */
  hash: string | null;
  /** When it came, or was kept. */
  at: number;
}

/** What a bot remembers of a chat. */
export interface BotSessionRow {
  instance_id: string;
  bot: string;
  chat_id: string;
  value: string;
  /** The message that the value is the result of. */
  event_id: string;
  updated_at: number;
}

/** A chat in which somebody wrote, or we did. */
export interface KnownChatRow {
  instance_id: string;
  chat_id: string;
  /** When the account began it; null when somebody else did. */
  begun_at: number | null;
}

/** A numbered menu that waits for its answer. */
export interface OpenMenuRow {
  instance_id: string;
  chat_id: string;
  /** What the platform knows it by. */
  message_id: string;
  /** JSON array of ids and titles, in the order of their numbers. */
  options: string;
  expires_at: number;
}

/** A poll that was sent or came in. */
export interface PollRow {
  instance_id: string;
  chat_id: string;
  message_id: string;
  question: string;
  /** JSON array of titles. */
  options: string;
  /** When it was noted, or somebody last voted. */
  at: number;
}

/** The last vote of somebody in a poll. */
export interface PollVoteRow {
  instance_id: string;
  chat_id: string;
  message_id: string;
  voter_id: string;
  /** JSON of the contact. */
  voter: string;
  /** JSON array of the chosen titles; empty when the vote was taken back. */
  options: string;
  /** As the platform says. */
  voted_at: number;
  at: number;
}

/** Work that one node does for all that share the database. */
export interface DutyRow {
  name: string;
  node: string;
  expires_at: number;
}

export interface Schema {
  instance: InstanceRow;
  event: EventRow;
  seen: SeenRow;
  session_key: SessionKeyRow;
  session_archive: SessionArchiveRow;
  session_archive_key: SessionArchiveKeyRow;
  reader: ReaderRow;
  reader_cursor: ReaderCursorRow;
  task: TaskRow;
  outbox: OutboxRow;
  webhook: WebhookRow;
  instance_key: InstanceKeyRow;
  instance_log: InstanceLogRow;
  bot_session: BotSessionRow;
  media: MediaRow;
  open_menu: OpenMenuRow;
  known_chat: KnownChatRow;
  poll: PollRow;
  poll_vote: PollVoteRow;
  duty: DutyRow;
}
