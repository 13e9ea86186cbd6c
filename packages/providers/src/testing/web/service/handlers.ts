import type { AnswerOf, CallName, ParamsOf } from "../protocol.ts";
import type { Actions } from "./actions.ts";
import type { Person } from "./person.ts";
import { Refusal } from "./refusal.ts";
import type { WebDevice } from "./web-device.ts";
import type { WebNetwork } from "./web-network.ts";

/** What answers a page's questions. */
export interface Desk {
  readonly network: WebNetwork;
  readonly actions: Actions;
  readonly device: WebDevice;
  /** @throws Refusal when nobody has linked the device */
  readonly me: () => Person;
}

export type Handlers = { readonly [Name in CallName]: (params: ParamsOf<Name>) => AnswerOf<Name> };

export function createDesk(network: WebNetwork, actions: Actions, device: WebDevice): Desk {
  const me = (): Person => {
    if (device.account) return device.account;
    throw new Refusal(401, "the device is not linked");
  };
  return { network, actions, device, me };
}
