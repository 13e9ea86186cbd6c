import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { RequestFault } from "../../request-fault.ts";
import { type Guards, type InstanceManagerEnv, readKey } from "./auth.ts";
import type { EventTickets } from "./event-tickets.ts";

type Guard = MiddlewareHandler<InstanceManagerEnv>;

export interface EventGuards {
  /** For the events of all instances: the operator, or a ticket for them. */
  readonly all: Guard;
  /** For the events of one: the operator, its own key, or a ticket for it. */
  readonly instance: Guard;
}

/** Counts together what one key opened, also through tickets. */
export const countedByKey: Guard = async (c, next) => {
  c.set("streamKey", createHash("sha256").update(readKey(c)).digest("base64"));
  await next();
};

export function createEventGuards(guards: Guards, tickets: EventTickets): EventGuards {
  const orTicket =
    (guard: Guard): Guard =>
    async (c, next) => {
      const ticket = c.req.query("ticket");
      if (ticket === undefined) return countedByKey(c, async () => void (await guard(c, next)));
      const holder = tickets.redeem(ticket);
      const named = c.req.param("instanceId")?.toLowerCase() ?? null;
      if (holder === null || holder.instanceId !== named) {
        throw new RequestFault(
          "UNAUTHORIZED",
          "the ticket is used up, expired or for other events",
        );
      }
      if (named !== null) c.set("instanceId", named);
      c.set("streamKey", holder.streamKey);
      await next();
    };
  return { all: orTicket(guards.operator), instance: orTicket(guards.instance) };
}
