import type { EventStream, FollowEventsOptions, StreamedEvent } from "@orquesta/core";
import { OrquestaError } from "@orquesta/core";
import type { DialectContext } from "../../dialect.ts";
import { toEventBody } from "../../event-body.ts";
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
    const { after } = live.follow;
    let position = typeof after === "string" ? after.toLowerCase() : "";
    const encode = (event: StreamedEvent) => {
      const { id, ...shown } = presentEvent(event);
      if (id !== null && id > position) position = id;
      const idLine = id === null || position === "" ? "" : `id: ${position}\n`;
      return `${idLine}event: ${event.name}\ndata: ${JSON.stringify({ id, ...shown })}\n\n`;
    };
    const preamble = `retry: ${RETRY_MS}\n\n`;
    const headers = {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    };
    // A body that is not sent would stay open.
    if (live.request.method === "HEAD") return new Response(null, { headers });
    const body = await this.#open(live, { encode, preamble, heartbeat: ": alive\n\n" });
    return new Response(body, { headers });
  }

  /** One JSON text a chunk, for `attachEvents` to send. @throws as `serverSent` */
  async socketMessages(live: LiveRequest): Promise<Response> {
    const encode = (event: StreamedEvent) => JSON.stringify(presentEvent(event));
    const body = await this.#open(live, { encode, preamble: null, heartbeat: null });
    return new Response(body, { headers: { [UPGRADE_MARK.header]: UPGRADE_MARK.value } });
  }

  async #open(
    { follow, streamKey, request, requestId }: LiveRequest,
    shape: Pick<Parameters<typeof toEventBody>[1], "encode" | "preamble" | "heartbeat">,
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
    return toEventBody(stream, { ...shape, heartbeatMs, onEnd });
  }
}
