import type { EventStream, StreamedEvent } from "@orquesta/core";

/** What the body looks like. */
export interface EventBodyShape {
  /** One chunk of the body an event. */
  encode(event: StreamedEvent): string;
  /** What is sent before the first event. */
  readonly preamble: string | null;
  /** What is sent when nothing happens for `heartbeatMs`. */
  readonly heartbeat: string | null;
}

export interface EventBodyOptions extends EventBodyShape {
  readonly heartbeatMs: number;
  /** Called once, however the body ends; the error when it could not go on. */
  onEnd(error: unknown): void;
}

const IDLE = Symbol("idle");

/** Resolves with what `promise` gives, or with IDLE when that takes too long. */
async function orIdle<T>(promise: Promise<T>, afterMs: number): Promise<T | typeof IDLE> {
  const idle = Promise.withResolvers<typeof IDLE>();
  const timer = setTimeout(() => idle.resolve(IDLE), afterMs);
  try {
    return await Promise.race([promise, idle.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A stream of events as the body of a response. It takes the next event when whoever sends the body asks
 * for the next chunk, so the pace of the slowest hop reaches the journal. A failure ends the body like
 * its end: the client comes again from where it was.
 */
export function toEventBody(
  stream: EventStream,
  { encode, preamble, heartbeat, heartbeatMs, onEnd }: EventBodyOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: ReturnType<EventStream["next"]> | null = null;
  let waiting = preamble;
  let isOver = false;

  function finish(error: unknown = null): void {
    if (isOver) return;
    isOver = true;
    stream.close();
    onEnd(error);
  }

  /** Null at the end. */
  async function takeText(): Promise<string | null> {
    if (waiting !== null) {
      const text = waiting;
      waiting = null;
      return text;
    }
    next ??= stream.next();
    const taken = heartbeat === null ? await next : await orIdle(next, heartbeatMs);
    if (taken === IDLE) return heartbeat;
    next = null;
    return taken.done ? null : encode(taken.value);
  }

  const source = {
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      let failure: unknown = null;
      const text = await takeText().catch((error: unknown) => {
        failure = error;
        return null;
      });
      if (isOver) return;
      if (text !== null) {
        controller.enqueue(encoder.encode(text));
        return;
      }
      finish(failure);
      controller.close();
    },
    cancel: () => finish(),
  };
  // Nothing is taken before it is asked for.
  return new ReadableStream(source, { highWaterMark: 0 });
}
