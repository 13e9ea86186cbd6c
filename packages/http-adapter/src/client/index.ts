export {
  type VerifiedWebhook,
  verifyWebhook,
  WebhookNotVerified,
  type WebhookRequest,
} from "./verify-webhook.ts";
