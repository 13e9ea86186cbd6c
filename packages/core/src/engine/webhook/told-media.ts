import type { JournalEvent } from "../event/instance-event.ts";
import type { IncomingContent, IncomingMedia } from "../message/incoming-content.ts";

/** A medium as a webhook is told of it. */
export interface ToldMedia extends IncomingMedia {
  /** Opens it without a key; absent when nobody told where the server is reached. */
  readonly url?: string;
  /** ISO 8601 UTC. */
  readonly urlExpiresAt?: string;
  /** Only when the webhook asks for it; null when the medium is too large, or cannot be fetched now. */
  readonly base64?: string | null;
}

/** What webhooks tell of media besides what is in the event. */
export interface MediaTeller {
  link(
    instanceId: string,
    mediaId: string,
  ): { readonly url: string | null; readonly expiresAt: string };
  /** The bytes of a medium that is not larger; null when it is, or cannot be had in time. */
  base64(
    instanceId: string,
    mediaId: string,
    options: {
      readonly maxBytes: number;
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
    },
  ): Promise<string | null>;
}

/** With what base64 makes of it and the rest of the event it stays below the 1 MB of a body. */
const MAX_BASE64_BYTES = 524_288;

/** The event with what its media need to be had: a URL, and the bytes when the webhook asks for them. */
export async function tellMedia(
  event: JournalEvent,
  teller: MediaTeller,
  {
    base64,
    timeoutMs,
    signal,
  }: {
    readonly base64: boolean;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<JournalEvent> {
  const { instanceId } = event;
  const tell = (media: IncomingMedia): ToldMedia => {
    const { url, expiresAt } = teller.link(instanceId, media.id);
    return url === null ? media : { ...media, url, urlExpiresAt: expiresAt };
  };
  const tellWhole = async (content: IncomingContent): Promise<IncomingContent> => {
    if (!("media" in content)) return content;
    const media = tell(content.media);
    if (!base64) return { ...content, media };
    const options = { maxBytes: MAX_BASE64_BYTES, timeoutMs, signal };
    const told = { ...media, base64: await teller.base64(instanceId, media.id, options) };
    return { ...content, media: told };
  };
  switch (event.name) {
    case "message.received": {
      const { message } = event.data;
      const content = await tellWhole(message.content);
      return { ...event, data: { message: { ...message, content } } };
    }
    case "message.sent": {
      if (event.data.origin !== "device") return event;
      const { message } = event.data;
      const content = await tellWhole(message.content);
      return { ...event, data: { ...event.data, message: { ...message, content } } };
    }
    case "message.edited":
      return { ...event, data: { ...event.data, content: await tellWhole(event.data.content) } };
    default:
      return event;
  }
}
