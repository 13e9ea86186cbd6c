import { ApiError, badRequest } from "../wire/api-error.ts";
import type { Update } from "../wire/types.ts";
import type { Call, Methods } from "./call.ts";

const WEBHOOK_ACTIVE =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const MAX_CONNECTIONS = 100;

export const updateMethods: Methods = { getUpdates, setWebhook, deleteWebhook, getWebhookInfo };

function getUpdates({ bot, parameters, gone }: Call): Promise<readonly Update[]> {
  if (bot.webhook) throw new ApiError(409, WEBHOOK_ACTIVE);
  const request = {
    offset: parameters.integer("offset", 0),
    limit: parameters.integer("limit", 100),
    timeoutSeconds: parameters.integer("timeout", 0),
  };
  allow(bot.updates, parameters.list("allowed_updates"));
  return bot.updates.poll(request, gone);
}

function setWebhook(call: Call): true {
  const { bot, parameters } = call;
  const url = parameters.text("url");
  if (url === "") return deleteWebhook(call);
  if (!URL.canParse(url)) throw badRequest("bad webhook: invalid webhook URL specified");
  const { protocol, hostname } = new URL(url);
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  // The real one wants HTTPS of everybody; here everybody is on this machine.
  if (protocol !== "https:" && !(protocol === "http:" && isLocal)) {
    throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
  }
  const secret = parameters.text("secret_token");
  if (secret.length > 256) throw badRequest("secret token is too long");
  if (!/^[\w-]*$/.test(secret)) throw badRequest("secret token contains unallowed characters");
  const maxConnections = parameters.integer("max_connections", 40);
  allow(bot.updates, parameters.list("allowed_updates"));
  if (parameters.flag("drop_pending_updates")) bot.updates.drop();
  call.setWebhook(bot, {
    url,
    secret,
    maxConnections: Math.min(Math.max(maxConnections, 1), MAX_CONNECTIONS),
  });
  return true;
}

function deleteWebhook(call: Call): true {
  call.setWebhook(call.bot, null);
  if (call.parameters.flag("drop_pending_updates")) call.bot.updates.drop();
  return true;
}

/** https://core.telegram.org/bots/api#webhookinfo */
function getWebhookInfo({ bot }: Call): object {
  const { webhook, updates } = bot;
  const allowed = updates.allowed ? { allowed_updates: updates.allowed } : {};
  const base = { has_custom_certificate: false, pending_update_count: updates.pending.length };
  if (!webhook) return { url: "", ...base, ...allowed };
  const failure = webhook.lastFailure;
  return {
    url: webhook.settings.url,
    ...base,
    max_connections: webhook.settings.maxConnections,
    ip_address: "127.0.0.1",
    ...(failure ? { last_error_date: failure.date, last_error_message: failure.message } : {}),
    ...allowed,
  };
}

function allow(updates: Call["bot"]["updates"], types: readonly unknown[] | undefined): void {
  if (types) updates.allow(types.map(String));
}
