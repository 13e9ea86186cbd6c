import type { Contact } from "../models.ts";
import { createWid, type Wid } from "../wid.ts";
import { Blocked, type World } from "../world.ts";
import type { Modules } from "./modules.ts";

/** Modules of people. */
export function contactModules(world: World, thumbs: object): Modules {
  const other = (wid: Wid, form: "phone" | "lid"): Wid | undefined => {
    const person = world.people.get(wid._serialized);
    return person && createWid(person[form]);
  };
  const setBlocked = async (contact: Contact, blocked: boolean): Promise<void> => {
    const id = contact.phoneNumber ?? contact.id;
    await world.line.ask("block", { address: id._serialized, blocked });
    if (blocked) world.blocklist.add(new Blocked({ id }));
    else world.blocklist.remove(id);
    contact.set({ isContactBlocked: blocked });
  };
  const nothing = (): undefined => undefined;
  return {
    WAWebCollections: {
      Chat: Object.assign(world.chats, { find: (wid: unknown) => world.findChat(wid) }),
      Contact: Object.assign(world.contacts, { find: async (wid: unknown) => world.contact(wid) }),
      Blocklist: world.blocklist,
      GroupMetadata: { update: (wid: Wid) => world.updateGroup(wid) },
      Msg: world.messages,
      ProfilePicThumb: thumbs,
    },
    WAWebApiContact: {
      getCurrentLid: (wid: Wid) => other(wid, "lid"),
      getPhoneNumber: (wid: Wid) => other(wid, "phone"),
      getAlternateUserWid: (wid: Wid) => other(wid, wid.isLid() ? "phone" : "lid"),
    },
    WAWebContactGetters: {
      getIsMe: ({ id }: Contact) => world.isOwn(id),
      getIsUser: ({ id }: Contact) => id.isUser(),
      getIsGroup: ({ id }: Contact) => id.isGroup(),
      getIsWAContact: ({ id }: Contact) => world.people.has(id._serialized),
      getUserid: ({ id }: Contact) => id.user,
      getVerifiedName: nothing,
      getVerifiedLevel: nothing,
      getStatusMute: () => false,
      getName: ({ name }: Contact) => name,
      getShortName: ({ name }: Contact) => name,
      getPushname: ({ pushname }: Contact) => pushname,
      getIsEnterprise: () => false,
    },
    WAWebFrontendContactGetters: { getIsMyContact: () => false },
    WAWebQueryExistsJob: {
      queryWidExists: async (wid: Wid) => {
        const person = await world.line.ask("findPerson", { address: wid._serialized });
        if (!person) return null;
        world.takePerson(person);
        return { wid: createWid(person.phone) };
      },
    },
    WAWebLidMigrationUtils: { toPn: (wid: Wid) => other(wid, "phone") },
    WAWebContactStatusBridge: {
      getStatus: async ({ wid }: { readonly wid: Wid }) => {
        const person = await world.line.ask("findPerson", { address: wid._serialized });
        return { status: person?.about ?? 401 };
      },
      setMyStatus: (about: string) => world.line.ask("setAbout", { about }),
    },
    WAWebBlockContactUtils: {
      getContactToBlockOnlyUseIfNoAssociatedChat: (contact: Contact) => contact,
    },
    WAWebBlockContactAction: {
      blockContact: ({ contact }: { readonly contact: Contact }) => setBlocked(contact, true),
      unblockContact: (contact: Contact) => setBlocked(contact, false),
    },
  };
}
