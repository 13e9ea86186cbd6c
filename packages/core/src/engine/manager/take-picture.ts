import type { MediaReference } from "../message/media-reference.ts";
import type { MediaSource } from "../message/media-source.ts";
import type { OperationPlace } from "./operation-desk.ts";

/** Reads a picture as the media of messages are read; null stays null. @throws what `Media.take` throws */
export async function takePicture(
  picture: MediaSource | null,
  { engine, instanceId, provider, signal }: OperationPlace,
): Promise<MediaReference | null> {
  if (picture === null) return null;
  const { mediaBytes: maxBytes } = provider.capabilities.limits;
  const content = { type: "image", media: picture } as const;
  const taken = await engine.media.take(instanceId, content, { maxBytes, signal });
  return taken.type === "image" ? taken.media : null;
}
