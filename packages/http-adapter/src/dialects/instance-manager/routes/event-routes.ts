import { createRoute, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { RequestFault } from "../../../request-fault.ts";
import { isMarkedAsUpgrade } from "../../../upgrade-mark.ts";
import type { InstanceManagerEnv } from "../auth.ts";
import { countedByKey, createEventGuards, type EventGuards } from "../event-guards.ts";
import { EventTickets } from "../event-tickets.ts";
import { LiveEvents, type LiveRequest } from "../live-events.ts";
import { presentPage } from "../present-event.ts";
import { additionRefusals } from "../refusals.ts";
import {
  ADDITION,
  addition,
  answer,
  BASE_PATH,
  INSTANCE_PATH,
  type InstanceManagerApp,
  type RouteKit,
  security,
} from "../route-kit.ts";
import { instanceParamsSchema } from "../schemas/common.ts";
import {
  eventHeadersSchema,
  eventsAnswerSchema,
  eventsQuerySchema,
  socketQuerySchema,
  TICKET_EXAMPLE,
  ticketAnswerSchema,
} from "../schemas/event.ts";

const tags = ["Events"];

interface EventKit extends RouteKit {
  readonly eventGuards: EventGuards;
  readonly live: LiveEvents;
  readonly tickets: EventTickets;
}

type Query = z.output<typeof socketQuerySchema>;
type Position = Query["after"];

/** The journal in pages, as server-sent events and over WebSockets; tickets for browsers. */
export function addEventRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  const tickets = new EventTickets();
  const eventGuards = createEventGuards(kit.guards, tickets);
  const all = { ...kit, tickets, eventGuards, live: new LiveEvents(kit) };
  addAllRoute(app, all);
  addInstanceRoute(app, all);
  addSocketRoutes(app, all);
  addTicketRoutes(app, all);
}

function wantsStream(c: Context): boolean {
  return (c.req.header("accept") ?? "").includes("text/event-stream");
}

/** What a client that comes again says counts more than the address that it came with first. */
function positionOf(query: Query, header?: Position): Position {
  return header ?? query.last_event_id ?? query.after;
}

function toLiveRequest(
  c: Context<InstanceManagerEnv>,
  instanceId: string | undefined,
  { events: names }: Query,
  after: Position,
): LiveRequest {
  return {
    follow: { instanceId, names, after },
    streamKey: c.get("streamKey"),
    request: c.req.raw,
    requestId: c.env.requestId,
  };
}

const pageOrStream = {
  200: {
    description: "A page of events; with Accept: text/event-stream, the events as they happen",
    content: {
      "application/json": { schema: eventsAnswerSchema },
      "text/event-stream": { schema: { type: "string" } },
    },
  },
  ...additionRefusals("INSTANCE_NOT_FOUND", "EVENTS_EXPIRED", "TOO_MANY_STREAMS"),
} as const;

function addAllRoute(app: InstanceManagerApp, { manager, eventGuards, live }: EventKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: `${BASE_PATH}/events`,
    tags,
    security,
    operationId: "listEvents",
    summary: "Events of all instances, stored or live",
    middleware: [addition, eventGuards.all] as const,
    request: { query: eventsQuerySchema, headers: eventHeadersSchema },
    responses: pageOrStream,
  });
  app.openapi(route, async (c) => {
    const { limit, ...query } = c.req.valid("query");
    const { events: names } = query;
    const after = positionOf(query, c.req.valid("header")["last-event-id"]);
    if (wantsStream(c)) return live.serverSent(toLiveRequest(c, undefined, query, after));
    const page = await manager.events.read(null, { after, limit, names });
    return c.json(presentPage(page), 200);
  });
}

function addInstanceRoute(app: InstanceManagerApp, { manager, eventGuards, live }: EventKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: `${INSTANCE_PATH}/events`,
    tags,
    security,
    operationId: "listInstanceEvents",
    summary: "Events of one instance, stored or live",
    middleware: [addition, eventGuards.instance] as const,
    request: {
      params: instanceParamsSchema,
      query: eventsQuerySchema,
      headers: eventHeadersSchema,
    },
    responses: pageOrStream,
  });
  app.openapi(route, async (c) => {
    const instanceId = c.get("instanceId");
    const { limit, ...query } = c.req.valid("query");
    const { events: names } = query;
    const after = positionOf(query, c.req.valid("header")["last-event-id"]);
    if (wantsStream(c)) return live.serverSent(toLiveRequest(c, instanceId, query, after));
    const page = await manager.events.read(instanceId, { after, limit, names });
    return c.json(presentPage(page), 200);
  });
}

function addSocketRoutes(app: InstanceManagerApp, { eventGuards, live }: EventKit): void {
  const responses = {
    101: { description: "A WebSocket with one event a message" },
    ...additionRefusals(
      "INSTANCE_NOT_FOUND",
      "EVENTS_EXPIRED",
      "TOO_MANY_STREAMS",
      "UPGRADE_REQUIRED",
    ),
  } as const;
  const assertUpgrade = (c: Context) => {
    if (!isMarkedAsUpgrade(c.req.raw.headers)) throw new RequestFault("UPGRADE_REQUIRED");
  };
  const ofAll = createRoute({
    ...ADDITION,
    method: "get",
    path: `${BASE_PATH}/events/socket`,
    tags,
    security,
    operationId: "openEventSocket",
    summary: "Events of all instances over a WebSocket",
    middleware: [addition, eventGuards.all] as const,
    request: { query: socketQuerySchema },
    responses,
  });
  app.openapi(ofAll, async (c) => {
    assertUpgrade(c);
    const query = c.req.valid("query");
    return live.socketMessages(toLiveRequest(c, undefined, query, positionOf(query)));
  });
  const ofInstance = createRoute({
    ...ADDITION,
    method: "get",
    path: `${INSTANCE_PATH}/events/socket`,
    tags,
    security,
    operationId: "openInstanceEventSocket",
    summary: "Events of one instance over a WebSocket",
    middleware: [addition, eventGuards.instance] as const,
    request: { params: instanceParamsSchema, query: socketQuerySchema },
    responses,
  });
  app.openapi(ofInstance, async (c) => {
    assertUpgrade(c);
    const query = c.req.valid("query");
    return live.socketMessages(toLiveRequest(c, c.get("instanceId"), query, positionOf(query)));
  });
}

function addTicketRoutes(app: InstanceManagerApp, { manager, guards, tickets }: EventKit): void {
  const responses = {
    200: answer("The ticket", ticketAnswerSchema, { success: true, data: TICKET_EXAMPLE }),
    ...additionRefusals("INSTANCE_NOT_FOUND"),
  } as const;
  const issue = (instanceId: string | null, streamKey: string) => {
    const { ticket, expiresAt } = tickets.issue({ instanceId, streamKey });
    const data = { ticket, expires_at: new Date(expiresAt).toISOString() };
    return { success: true as const, data };
  };
  const forAll = createRoute({
    ...ADDITION,
    method: "post",
    path: `${BASE_PATH}/events/tickets`,
    tags,
    security,
    operationId: "createEventTicket",
    summary: "A ticket that opens one stream of all events, once, within a minute",
    middleware: [addition, guards.operator, countedByKey] as const,
    responses,
  });
  app.openapi(forAll, (c) => c.json(issue(null, c.get("streamKey")), 200));
  const forInstance = createRoute({
    ...ADDITION,
    method: "post",
    path: `${INSTANCE_PATH}/events/tickets`,
    tags,
    security,
    operationId: "createInstanceEventTicket",
    summary: "A ticket that opens one stream of the instance's events, once, within a minute",
    middleware: [addition, guards.instance, countedByKey] as const,
    request: { params: instanceParamsSchema },
    responses,
  });
  app.openapi(forInstance, async (c) => {
    const { id } = await manager.get(c.get("instanceId"));
    return c.json(issue(id, c.get("streamKey")), 200);
  });
}
