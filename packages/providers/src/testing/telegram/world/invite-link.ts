import type { User } from "../wire/types.ts";

export interface InviteLink {
  readonly invite_link: string;
  readonly creator: User;
  readonly creates_join_request: boolean;
  readonly is_primary: boolean;
  readonly is_revoked: boolean;
  readonly name?: string;
  readonly expire_date?: number;
  readonly member_limit?: number;
}
