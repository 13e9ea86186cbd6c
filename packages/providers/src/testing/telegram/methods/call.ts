import type { WebhookSettings } from "../delivery/webhook.ts";
import type { RateLimits } from "../rate-limits.ts";
import type { Parameters } from "../wire/parameters.ts";
import type { BotAccount } from "../world/bot-account.ts";
import type { Membership } from "../world/membership.ts";
import type { PostOffice } from "../world/post-office.ts";
import type { World } from "../world/world.ts";

/** What every method works on. */
export interface MethodServices {
  readonly world: World;
  readonly post: PostOffice;
  readonly changes: Membership;
  readonly rateLimits: RateLimits;
  /** Replaces the webhook of a bot; null takes it away. */
  setWebhook(bot: BotAccount, settings: WebhookSettings | null): void;
}

export interface Call extends MethodServices {
  readonly bot: BotAccount;
  readonly parameters: Parameters;
  /** The client went away. */
  readonly gone: AbortSignal;
}

/** Returns what `result` holds. @throws ApiError */
export type Method = (call: Call) => unknown;
export type Methods = Readonly<Record<string, Method>>;
