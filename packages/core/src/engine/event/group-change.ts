import type { Contact } from "../message/contact.ts";

/** One thing that is different in a group now. */
export type GroupChange =
  | {
      readonly kind: "joined" | "left" | "promoted" | "demoted";
      /** Whom it happened to; `left` also when they were removed. */
      readonly participants: readonly Contact[];
    }
  | { readonly kind: "subject"; readonly subject: string }
  | { readonly kind: "description"; readonly description: string | null }
  | { readonly kind: "picture" }
  | { readonly kind: "invite_link" }
  | {
      readonly kind: "settings";
      /** Only admins write. */
      readonly announceOnly?: boolean;
      /** Only admins change subject, description and picture. */
      readonly locked?: boolean;
      /** Whoever wants to join waits for an admin. */
      readonly joinApproval?: boolean;
      /** After how many seconds messages vanish; null: never. */
      readonly ephemeralSeconds?: number | null;
    };
