import { Collection, Model } from "../model.ts";
import { ServerStatusCodeError } from "../page-error.ts";
import { createWid, type Wid } from "../wid.ts";
import type { World } from "../world.ts";
import type { Modules } from "./modules.ts";

const HOST = "https://web.whatsapp.com";
const DATA_URL = /^data:image\/jpeg;base64,(.+)$/;

/** What the page knows of the picture of a person or a group. */
class ProfilePic extends Model {
  declare readonly id: Wid;
  /** Its address; undefined: none. */
  declare readonly eurl: string | undefined;
  readonly #maySet: () => boolean;

  constructor(attributes: { readonly id: Wid }, maySet: () => boolean) {
    super({ eurl: undefined, ...attributes });
    this.#maySet = maySet;
  }

  canSet(): boolean {
    return this.#maySet();
  }

  canDelete(): boolean {
    return this.eurl !== undefined && this.canSet();
  }
}

/** The pictures that the page has looked for, and what asks and changes them. */
export function pictureModules(world: World): {
  readonly thumbs: object;
  readonly modules: Modules;
} {
  const thumbs = new Collection<ProfilePic>();

  const mayChange = (id: Wid): boolean => {
    if (!id.isGroup()) return world.isOwn(id);
    const chat = world.chats.get(id);
    return chat?.groupMetadata?.restrict === false || (chat?.iAmAdmin() ?? false);
  };
  const ask = async (id: Wid): Promise<{ readonly eurl: string }> => {
    const { path } = await world.line.ask("picture", { address: id._serialized });
    return { eurl: `${HOST}${path}` };
  };
  const find = async (input: unknown): Promise<ProfilePic> => {
    const id = createWid(input);
    const thumb = thumbs.get(id) ?? thumbs.add(new ProfilePic({ id }, () => mayChange(id)));
    try {
      thumb.set(await ask(id));
    } catch (error) {
      if (!(error instanceof ServerStatusCodeError)) throw error;
      thumb.set({ eurl: undefined });
    }
    return thumb;
  };
  const change = async (id: Wid, image: string | null): Promise<{ readonly status: number }> => {
    await world.line.ask("setPicture", { address: id._serialized, image });
    if (thumbs.get(id)) await find(id);
    return { status: 200 };
  };

  const bridge = {
    requestProfilePicFromServer: ({ id }: { readonly id: unknown }) => ask(createWid(id)),
    sendSetPicture: (id: Wid, _thumbnail: string, picture: string) => {
      const image = DATA_URL.exec(picture)?.[1];
      if (image === undefined) throw new ServerStatusCodeError(400, "bad-request");
      return change(id, image);
    },
    requestDeletePicture: (id: Wid) => change(id, null),
  };
  return {
    thumbs: Object.assign(thumbs, { find }),
    modules: { WAWebContactProfilePicThumbBridge: bridge },
  };
}
