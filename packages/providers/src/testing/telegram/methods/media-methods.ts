import { badRequest } from "../wire/api-error.ts";
import { isJsonObject } from "../wire/parameters.ts";
import type { Message, MessageBody } from "../wire/types.ts";
import {
  type FileDetails,
  type MediaKind,
  type StoredFile,
  sizeOf,
} from "../world/file-registry.ts";
import type { World } from "../world/world.ts";
import type { Call, Method, Methods } from "./call.ts";
import { deliver, deliverAll } from "./deliver.ts";
import { fileFrom, inputFile } from "./input-file.ts";
import { captionOf } from "./text-of.ts";

const MAX_ALBUM = 10;
const ALBUM_KINDS: readonly MediaKind[] = ["photo", "video", "animation", "audio", "document"];
/** What may only be in an album with its like. */
const UNMIXED: readonly MediaKind[] = ["audio", "document"];
const CAPTIONED: readonly MediaKind[] = [...ALBUM_KINDS, "voice"];

export const mediaMethods: Methods = {
  sendPhoto: sender("photo"),
  sendVideo: sender("video"),
  sendAnimation: sender("animation"),
  sendAudio: sender("audio"),
  sendVoice: sender("voice"),
  sendVideoNote: sender("video_note"),
  sendDocument: sender("document"),
  sendSticker: sender("sticker"),
  sendMediaGroup,
  getFile: ({ bot, parameters, world }: Call): object => {
    const file = world.files.forDownload(bot.id, parameters.text("file_id"));
    return {
      file_id: parameters.text("file_id"),
      file_unique_id: file.uniqueId,
      file_size: sizeOf(file),
      file_path: file.path,
    };
  },
};

function sender(kind: MediaKind): Method {
  return async (call: Call): Promise<Message> => {
    const caption = CAPTIONED.includes(kind) ? captionOf(call.parameters) : {};
    const file = await inputFile(call, kind, kind, detailsOf(call));
    const spoiler = call.parameters.flag("has_spoiler") ? { has_media_spoiler: true } : {};
    return deliver(call, { ...mediaBody(call.world, file), ...caption, ...spoiler });
  };
}

function detailsOf({ parameters }: Call): FileDetails {
  const [duration, width, height] = ["duration", "width", "height"].map((name) =>
    parameters.number(name),
  );
  const emoji = parameters.optionalText("emoji");
  return {
    ...(duration === undefined ? {} : { duration }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(emoji === undefined ? {} : { emoji }),
  };
}

/** How a message shows a file. */
export function mediaBody(world: World, file: StoredFile): MessageBody {
  const summary = world.files.summary(file);
  if (file.kind === "photo") {
    const { width = 0, height = 0 } = summary;
    const small = { ...summary, width: Math.ceil(width / 4), height: Math.ceil(height / 4) };
    return { photo: [small, summary] };
  }
  // Whoever does not know animations finds a document.
  if (file.kind === "animation") return { animation: summary, document: summary };
  return { [file.kind]: summary };
}

async function sendMediaGroup(call: Call): Promise<readonly Message[]> {
  const items = call.parameters.list("media", "InputMedia") ?? [];
  if (items.length === 0) throw badRequest("there are no messages to send");
  if (items.length > MAX_ALBUM) throw badRequest("too many messages to send as an album");
  const bodies: MessageBody[] = [];
  const kinds = new Set<MediaKind>();
  for (const item of items) {
    const { kind, body } = await inputMedia(call, item);
    kinds.add(kind);
    bodies.push(body);
  }
  for (const kind of UNMIXED) {
    if (kinds.has(kind) && kinds.size > 1) {
      throw badRequest(`${kind} can't be mixed with other media types`);
    }
  }
  const groupId = String(13_000_000_000_000_000 + call.world.count());
  return deliverAll(
    call,
    bodies.map((body) => ({ ...body, media_group_id: groupId })),
  );
}

/** https://core.telegram.org/bots/api#inputmedia */
export async function inputMedia(
  call: Call,
  item: unknown,
): Promise<{ readonly kind: MediaKind; readonly body: MessageBody }> {
  if (!isJsonObject(item)) throw badRequest("can't parse InputMedia: expected an Object");
  const kind = ALBUM_KINDS.find((one) => one === item.type);
  if (!kind) throw badRequest("can't parse InputMedia: type must be one of photo, video, …");
  if (typeof item.media !== "string" || item.media === "") {
    throw badRequest("can't parse InputMedia: media not found");
  }
  const inner = { ...call, parameters: call.parameters.with(item) };
  const file = await fileFrom(inner, kind, item.media, detailsOf(inner));
  return { kind, body: { ...mediaBody(call.world, file), ...captionOf(inner.parameters) } };
}
