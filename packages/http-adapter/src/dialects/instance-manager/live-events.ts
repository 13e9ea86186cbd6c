import type { EventStream, FollowEventsOptions, StreamedEvent } from "@orquesta/core";
import { OrquestaError } from "@orquesta/core";
import type { DialectContext } from "../../dialect.ts";
import { type EventBodyShape, toEventBody } from "../../event-body.ts";
import { UPGRADE_MARK } from "../../upgrade-mark.ts";
import { presentEvent } from "./present-event.ts";
import { StreamSlots } from "./stream-slots.ts";

export interface LiveRequest {
  readonly follow: Omit<FollowEventsOptions, "signal">;
  /** Whose streams are counted together. */
  readonly streamKey: string;
  readonly request: Request;
  readonly requestId: string;
}

/** After the end of a stream a browser waits so long before it comes again. */
const RETRY_MS = 3000;

/** Answers with a stream of events: server-sent ones, or the messages of a WebSocket. */
export class LiveEvents {
  readonly #context: DialectContext;
  readonly #slots: StreamSlots;

  constructor(context: DialectContext) {
    this.#context = context;
    this.#slots = new StreamSlots(context.options.maxStreamsPerKey);
  }

  /**
   * The WHATWG event stream. `id` never goes back, also where events come again after a resumption.
   * @throws TOO_MANY_STREAMS, what `manager.events.follow` throws
   */
  async serverSent(live: LiveRequest): Promise<Response> {
    const headers = {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    };
    // A body that is not sent would stay open.
    if (live.request.method === "HEAD") return new Response(null, { headers });
    const body = await this.#open(live, ({ begin }) => ({
      encode: createEncoder(begin),
      // So that who is cut off before anything happened comes back to here.
      preamble: `retry: ${RETRY_MS}\n${begin === null ? "" : `id: ${begin}\n`}\n`,
      heartbeat: ": alive\n\n",
    }));
    return new Response(body, { headers });
  }

  /** One JSON text a chunk, for `attachEvents` to send. @throws as `serverSent` */
  async socketMessages(live: LiveRequest): Promise<Response> {
    const encode = (event: StreamedEvent) => JSON.stringify(presentEvent(event));
    const shape = { encode, preamble: null, heartbeat: null };
    const body = await this.#open(live, () => shape);
    return new Response(body, { headers: { [UPGRADE_MARK.header]: UPGRADE_MARK.value } });
  }

  async #open(
    { follow, streamKey, request, requestId }: LiveRequest,
    shapeOf: (stream: EventStream) => EventBodyShape,
  ): Promise<ReadableStream<Uint8Array>> {
    const { manager, options } = this.#context;
    const { closing, heartbeatMs, logger } = options;
    if (closing?.aborted) throw new OrquestaError("MANAGER_CLOSED", "the server is shutting down");
    const leave = this.#slots.take(streamKey);
    let stream: EventStream;
    try {
      stream = await manager.events.follow({ ...follow, signal: request.signal });
    } catch (error) {
      leave();
      throw error;
    }
    // A stream that is closed ends its body, also when nobody asks for more of it.
    const close = () => stream.close();
    const forget = () => {
      leave();
      closing?.removeEventListener("abort", close);
      request.signal.removeEventListener("abort", forget);
    };
    closing?.addEventListener("abort", close, { once: true });
    request.signal.addEventListener("abort", forget, { once: true });
    if (closing?.aborted) close();
    const onEnd = (error: unknown) => {
      forget();
      if (error !== null) logger.error("an event stream ended early", { requestId, error });
    };
    return toEventBody(stream, { ...shapeOf(stream), heartbeatMs, onEnd });
  }
}

/** Events as the WHATWG has them. Their `id` is the greatest so far: behind it nothing was told. */
function createEncoder(begin: EventStream["begin"]): (event: StreamedEvent) => string {
  let position = typeof begin === "string" ? begin : "";
  return (event) => {
    const shown = presentEvent(event);
    if (shown.id !== null && shown.id > position) position = shown.id;
    const idLine = shown.id === null ? "" : `id: ${position}\n`;
    return `${idLine}event: ${event.name}\ndata: ${JSON.stringify(shown)}\n\n`;
  };
}
