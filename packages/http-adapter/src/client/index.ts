export type { CallOptions } from "./api-call.ts";
export type {
  AuthStatus,
  Instance,
  InstanceLogs,
  Message,
  QrCode,
  SendMessage,
  Webhook,
} from "./api-types.ts";
export { instanceManagerClient } from "./global-client.ts";
export {
  type ClientOptions,
  type CreateWhatsAppOptions,
  InstanceManagerClient,
  type SendOptions,
} from "./instance-manager-client.ts";
export { InstanceManagerClientError } from "./instance-manager-client-error.ts";
export {
  type VerifiedWebhook,
  verifyWebhook,
  WebhookNotVerified,
  type WebhookRequest,
} from "./verify-webhook.ts";
