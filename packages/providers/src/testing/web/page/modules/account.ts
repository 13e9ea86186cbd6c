import { Events } from "../model.ts";
import { ServerStatusCodeError } from "../page-error.ts";
import { createWid, type Wid } from "../wid.ts";
import type { World } from "../world.ts";
import type { Modules } from "./modules.ts";

const KEY_BYTES = 32;

/** Modules of the connection, of pairing, and of the account itself. */
export function accountModules(world: World): Modules {
  const { socket, conn, cmd } = world;
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  let pairingType = "QR";

  const address = (form: "phone" | "lid") => (): Wid | undefined =>
    world.me ? createWid(world.me[form]) : undefined;

  return {
    WAWebSocketModel: {
      Socket: Object.assign(socket, {
        logout: async () => {
          await world.line.ask("logout", {});
          await world.profile.clear();
        },
        reconnect: () => socket.set({ state: "CONNECTED" }),
        takeover: () => socket.set({ state: "CONNECTED" }),
      }),
    },
    WAWebCmd: { Cmd: Object.assign(cmd, { refreshQR: () => {} }) },
    WAWebConnModel: { Conn: Object.assign(conn, { canSetMyPushname: () => world.me !== null }) },
    WAWebOfflineHandler: { OfflineMessageHandler: { getOfflineDeliveryProgress: () => 100 } },
    WAWebAltDeviceLinkingApi: {
      setPairingType: (type: string) => {
        pairingType = type;
      },
      initializeAltDeviceLinking: async () => {},
      initializeQRLinking: async () => {
        pairingType = "QR";
      },
      startAltLinkingFlow: async (phone: string) => {
        if (pairingType !== "ALT_DEVICE_LINKING")
          throw new ServerStatusCodeError(400, "bad-request");
        return (await world.line.ask("requestCode", { phone })).code;
      },
    },
    WABase64: { encodeB64: (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)) },
    WAWebCompanionRegClientUtils: { DEVICE_PLATFORM: "1" },
    WAWebAdvSignatureApi: {},
    WAWebUserPrefsInfoStore: {
      waNoiseInfo: { get: async () => ({ staticKeyPair: { pubKey: key } }) },
    },
    WAWebSignalStoreApi: {
      waSignalStore: { getRegistrationInfo: async () => ({ identityKeyPair: { pubKey: key } }) },
    },
    WAWebUserPrefsMultiDevice: { getADVSecretKey: () => btoa(String.fromCharCode(...key)) },
    WAWebLaunchSocketUtils: { refreshQR: () => {} },
    WAWebMiscBrowserUtils: { info: () => ({ os: "Linux", name: "Chrome" }) },
    WAWebUserPrefsMeUser: { getMaybeMePnUser: address("phone"), getMaybeMeLidUser: address("lid") },
    WAWebStreamModel: { Stream: { markAvailable: () => {}, markUnavailable: () => {} } },
    WAWebSyncGatingUtils: { isPlaceholderMessageResendEnabled: () => false },
    WAWebCallCollection: Object.assign(new Events(), { map: world.calls }),
    WAWebSetPushnameConnAction: {
      setPushname: async (name: string) => {
        await world.line.ask("setName", { name });
        conn.set({ pushname: name });
      },
    },
    WAWap: {
      generateId: () => crypto.randomUUID(),
      wap: (tag: string, attrs: object, content?: readonly object[]) => ({ tag, attrs, content }),
    },
    WADeprecatedSendIq: {
      deprecatedCastStanza: async (stanza: { readonly content?: readonly { attrs: object }[] }) => {
        const attrs = new Map(Object.entries(stanza.content?.[0]?.attrs ?? {}));
        const peer = createWid(attrs.get("call-creator"))._serialized;
        await world.line.ask("rejectCall", { id: String(attrs.get("call-id")), peer });
      },
    },
  };
}
