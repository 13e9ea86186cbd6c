export type { BackupManifest } from "./engine/backup/backup-manifest.ts";
export { type BackupOptions, createBackup } from "./engine/backup/create-backup.ts";
export {
  type Restored,
  type RestoreOptions,
  restoreBackup,
} from "./engine/backup/restore-backup.ts";
export type { DatabaseDialect } from "./engine/database/dialect.ts";
export { lockFile } from "./engine/database/file-lock.ts";
export { type PostgresOptions, postgresDialect } from "./engine/database/postgres-dialect.ts";
export { type SqliteOptions, sqliteDialect } from "./engine/database/sqlite-dialect.ts";
export { type WaitOptions, waitFor } from "./engine/error/abort.ts";
export { ERROR_CODES, type ErrorCode } from "./engine/error/error-codes.ts";
export { type ErrorDetail, isOrquestaError, OrquestaError } from "./engine/error/orquesta-error.ts";
export { parse } from "./engine/error/parse.ts";
export {
  DURABLE_EVENT_NAMES,
  type DurableEventMap,
  type DurableEventName,
  EPHEMERAL_EVENT_NAMES,
  type EphemeralEventMap,
  type EphemeralEventName,
  type EventMap,
  type EventName,
} from "./engine/event/event-map.ts";
export { durableEventsOf, EVENT_PATTERNS } from "./engine/event/event-pattern.ts";
export type { GroupChange } from "./engine/event/group-change.ts";
export type {
  DurableEvent,
  EphemeralEvent,
  InstanceEvent,
  JournalEvent,
} from "./engine/event/instance-event.ts";
export {
  INSTANCE_STATUSES,
  type InstanceStatus,
  STATUS_REASONS,
  type StatusReason,
} from "./engine/event/instance-status.ts";
export type { Admission, NewInstance } from "./engine/instance/admission.ts";
export { instanceLimit } from "./engine/instance/instance-limit.ts";
export type {
  DesiredState,
  Evidence,
  InstanceKeyView,
  InstanceView,
  ListedInstanceKey,
  LogLine,
} from "./engine/instance/instance-view.ts";
export {
  LOG_LEVELS,
  type LogPage,
  type LogQuery,
  MAX_LOG_LINES,
} from "./engine/instance/log-query.ts";
export type {
  CodeChallenge,
  PairingChallenge,
  PasskeyChallenge,
  QrChallenge,
} from "./engine/instance/pairing-challenge.ts";
export { INSTANCE_TRANSITIONS } from "./engine/instance/status-transitions.ts";
export type { WatchdogOptions } from "./engine/instance/watchdog-options.ts";
export type {
  ConsumedMessage,
  ConsumeOptions,
  MessageHandler,
} from "./engine/journal/consumer.ts";
export { type LogContext, type Logger, type LogLevel, silentLogger } from "./engine/log/logger.ts";
export type { InstanceChanges } from "./engine/manager/configure-instance.ts";
export type { CreateInstance } from "./engine/manager/create-instance.ts";
export { MAX_KEY_OVERLAP_MS } from "./engine/manager/instance-key-operations.ts";
export { InstanceManager } from "./engine/manager/instance-manager.ts";
export type {
  CreateInput,
  InstanceManagerOptions,
  PairOptions,
  SendOptions,
  StartOptions,
  WebhookRules,
} from "./engine/manager/instance-manager-options.ts";
export type { OpenedMedium, OpenMediaOptions } from "./engine/manager/media-subject.ts";
export type { PassphraseOptions } from "./engine/manager/session-operations.ts";
export type { ByteRange } from "./engine/media/blob-store.ts";
export type { MediumView } from "./engine/media/downloads.ts";
export type { MediaLink } from "./engine/media/media.ts";
export type { MediumPlace } from "./engine/media/media-links.ts";
export type { MediaOptions } from "./engine/media/media-options.ts";
export type { Contact } from "./engine/message/contact.ts";
export type { ContactCard } from "./engine/message/contact-card.ts";
export type {
  IncomingContent,
  IncomingContentOf,
  IncomingKind,
  IncomingMedia,
} from "./engine/message/incoming-content.ts";
export type { IncomingMessage, Quote } from "./engine/message/incoming-message.ts";
export type { MediaReference } from "./engine/message/media-reference.ts";
export { type MediaSource, mediaSourceSchema } from "./engine/message/media-source.ts";
export type { MessageStatus } from "./engine/message/message-status.ts";
export {
  MAX_TEXT_LENGTH,
  type OutboxContent,
  type OutboxContentOf,
  type OutgoingContent,
  type OutgoingKind,
  outgoingContentSchema,
} from "./engine/message/outgoing-content.ts";
export { shownText } from "./engine/message/shown-text.ts";
export type { TargetRulesOptions } from "./engine/net/target-rules.ts";
export type { OutboxView, WaitingReason } from "./engine/outbox/outbox-view.ts";
export type { Pacing, PacingChanges } from "./engine/pacing/pacing.ts";
export type { RestrictionView } from "./engine/pacing/restriction.ts";
export type { PollOptionResult, PollResults } from "./engine/poll/poll-results.ts";
export type { Capabilities, CapabilityLimits } from "./engine/provider/capabilities.ts";
export type { CallOperations } from "./engine/provider/operations/call-operations.ts";
export type { ChatOperations } from "./engine/provider/operations/chat-operations.ts";
export type {
  ContactCheck,
  ContactOperations,
} from "./engine/provider/operations/contact-operations.ts";
export type {
  GroupOperations,
  GroupParticipant,
  GroupSettings,
  GroupView,
  NewGroup,
  ParticipantResult,
} from "./engine/provider/operations/group-operations.ts";
export {
  OPERATION_NAMES,
  type OperationName,
  type Operations,
  type SessionOperations,
} from "./engine/provider/operations/operations.ts";
export type { ProfileOperations } from "./engine/provider/operations/profile-operations.ts";
export { defineProvider, type Provider, type SettingsOf } from "./engine/provider/provider.ts";
export type { Push } from "./engine/provider/push.ts";
export type {
  OutboxMessage,
  PairingCode,
  PairingCodeOptions,
  Sent,
  Session,
} from "./engine/provider/session.ts";
export type { Afterwards, SessionChange } from "./engine/provider/session-change.ts";
export type { Change, KeptMedia, SessionContext } from "./engine/provider/session-context.ts";
export { NO_EVIDENCE, type SessionEvidence } from "./engine/provider/session-evidence.ts";
export type { KeyChange, SessionKeys } from "./engine/provider/session-keys.ts";
export type { SessionSnapshot, SnapshotKey } from "./engine/provider/session-snapshot.ts";
export { uploadTimeMs } from "./engine/provider/upload-time.ts";
export type { RetentionOptions } from "./engine/retention/retention-options.ts";
export type { Swept } from "./engine/retention/sweeper.ts";
export type { SessionArchive } from "./engine/session-keys/session-archive-store.ts";
export type { EventPage } from "./engine/stream/event-page.ts";
export type { EventStream, StreamedEvent } from "./engine/stream/event-stream.ts";
export type { FollowEventsOptions, ReadEventsOptions } from "./engine/stream/event-streams.ts";
export {
  DELIVERY_STATES,
  type DeliveryFilter,
  type ReplayRange,
} from "./engine/webhook/delivery-input.ts";
export type { DeliveryPage, DeliveryState, DeliveryView } from "./engine/webhook/delivery-view.ts";
export {
  type SecretRotation,
  WEBHOOK_SHAPES,
  type WebhookChanges,
  type WebhookInput,
  type WebhookShape,
} from "./engine/webhook/webhook-input.ts";
export type { WebhookTestResult } from "./engine/webhook/webhook-test.ts";
export type { NewWebhook, RotatedSecret, WebhookView } from "./engine/webhook/webhook-view.ts";
