import type { SignalName, Signals, ToPage } from "../protocol.ts";
import { browser } from "./browser.ts";
import { DeliveryDesk } from "./deliveries.ts";
import { Line } from "./line.ts";
import { accountModules } from "./modules/account.ts";
import { AddonTables } from "./modules/addons.ts";
import { contactModules } from "./modules/contacts.ts";
import { groupModules } from "./modules/groups.ts";
import { mediaModules } from "./modules/media.ts";
import { messageModules, searchableMessages } from "./modules/messages.ts";
import type { Modules } from "./modules/modules.ts";
import { pictureModules } from "./modules/pictures.ts";
import { PageError } from "./page-error.ts";
import { Profile } from "./profile.ts";
import { createWid } from "./wid.ts";
import { World } from "./world.ts";

const VERSION = "2.3000.1030000000";
const LOOK_AGAIN_MS = 20;

async function main(): Promise<void> {
  const world = new World(await Profile.open());
  const tables = new AddonTables();
  const desk = new DeliveryDesk(world, tables);
  const early: Told[] = [];
  let take = (told: Told): void => void early.push(told);
  world.use(await Line.open((told) => take(told)));
  const { device, seen } = world.profile.facts;
  const welcome = await world.line.ask("hello", { device, seen });

  // Linked before, and unlinked while it was away.
  if (world.profile.facts.isLinked && !welcome.me) return void (await logOut(world));
  world.welcome(welcome);
  if (welcome.me) for (const group of await world.line.ask("groups", {})) world.takeGroup(group);
  world.showKnown();

  searchableMessages(world);
  const pictures = pictureModules(world);
  offer({
    ...accountModules(world),
    ...messageModules(world),
    ...mediaModules(),
    ...contactModules(world, pictures.thumbs),
    ...groupModules(world),
    ...pictures.modules,
    ...tables.modules,
  });
  const { neverLoads, neverSyncs, syncsTooEarly } = welcome.faults;
  const state = welcome.me ? "CONNECTED" : "UNPAIRED";
  world.socket.set({ state, hasSynced: syncsTooEarly === true && welcome.me !== null });
  if (!neverLoads) browser.Debug = { VERSION };
  take = (told) => ("seq" in told ? desk.take(told) : obey(world, told.signal, told.data));
  for (const told of early) take(told);
  if (!neverSyncs) await sync(world);
}

type Told = Exclude<ToPage, { readonly answer: number }>;

function offer(modules: Modules): void {
  browser.require = (name) => {
    const module = modules[name];
    if (module) return module;
    throw new PageError(`Requiring unknown module "${name}"`);
  };
}

/** The real page takes seconds for this; by then the library listens. */
async function sync(world: World): Promise<void> {
  while (!world.me || !world.socket.hears("change:hasSynced")) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  world.cmd.trigger("offline_progress_update_from_bridge");
  world.socket.set({ hasSynced: true });
}

async function logOut(world: World): Promise<void> {
  await world.profile.clear();
  world.cmd.trigger("logout");
  browser.location.href = "https://web.whatsapp.com/?post_logout=1";
}

function obey<Name extends SignalName>(world: World, signal: Name, data: Signals[Name]): void {
  const signals: { readonly [Each in SignalName]: (data: Signals[Each]) => unknown } = {
    ref: ({ ref }) => world.conn.set({ ref }),
    unpaired: () => logOut(world),
    call: ({ id, peer, video }) =>
      world.calls.set(id, {
        id,
        peerJid: createWid(peer),
        isVideo: video,
        isGroup: false,
        outgoing: false,
        canHandleLocally: false,
        webClientShouldHandle: false,
        participants: [],
      }),
    state: ({ state }) => world.socket.set({ state }),
    crash: () => {
      const heap: unknown[] = [];
      for (;;) heap.push(new Array(1_000_000).fill(heap.length + 0.5));
    },
    hang: ({ ms }) => {
      const end = Date.now() + ms;
      while (Date.now() < end);
    },
    renavigate: () => browser.history.pushState({}, "", `/?again=${Date.now()}`),
    sends: ({ settle }) => {
      world.settlesSends = settle;
    },
  };
  signals[signal](data);
}

await main();
