import { notify } from "./group-handlers.ts";
import type { Desk, Handlers } from "./handlers.ts";
import type { Person } from "./person.ts";
import { Refusal } from "./refusal.ts";
import type { WebGroup } from "./web-group.ts";

/** Pictures of people and of groups. */
export function pictureHandlers({ network, me }: Desk): Pick<Handlers, "picture" | "setPicture"> {
  const ownerOf = (address: string): Person | WebGroup => {
    const group = network.groups.get(address);
    if (group && !group.members.has(me())) throw new Refusal(403, "forbidden");
    const owner = group ?? network.find(address);
    if (!owner) throw new Refusal(404, "item-not-found");
    return owner;
  };
  return {
    picture: ({ address }) => {
      const { picture } = ownerOf(address);
      if (picture === null) throw new Refusal(404, "item-not-found");
      return { path: picture };
    },
    setPicture: ({ address, image }) => {
      const owner = ownerOf(address);
      const isGroup = "members" in owner;
      if (isGroup ? owner.restrict && !owner.isAdmin(me()) : owner !== me()) {
        throw new Refusal(403, "not-authorized");
      }
      owner.picture = image === null ? null : network.addPicture(Buffer.from(image, "base64"));
      if (isGroup) notify(network, owner, me(), { subtype: "picture" });
    },
  };
}
