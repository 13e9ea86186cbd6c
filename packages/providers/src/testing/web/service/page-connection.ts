import type { WebSocket } from "ws";
import type { CallName, ToService } from "../protocol.ts";
import type { Actions } from "./actions.ts";
import { groupHandlers } from "./group-handlers.ts";
import { createDesk, type Handlers } from "./handlers.ts";
import { messageHandlers } from "./message-handlers.ts";
import { pairingHandlers } from "./pairing-handlers.ts";
import { pictureHandlers } from "./picture-handlers.ts";
import { Refusal } from "./refusal.ts";
import type { WebDevice } from "./web-device.ts";
import type { WebNetwork } from "./web-network.ts";

/**
 * Answers what one open page asks.
 * @param onHello gives the device that the page says it is
 */
export function servePage(
  socket: WebSocket,
  network: WebNetwork,
  actions: Actions,
  onHello: (deviceId: string) => WebDevice,
): void {
  const send = (text: string): void => socket.send(text);
  let device: WebDevice | null = null;
  let handlers: Handlers | null = null;

  const greet = ({ device: id }: { device: string }): Handlers => {
    device = onHello(id);
    const desk = createDesk(network, actions, device);
    return {
      ...pairingHandlers(desk),
      ...messageHandlers(desk),
      ...groupHandlers(desk),
      ...pictureHandlers(desk),
    };
  };

  socket.on("message", (bytes) => {
    const { ask, call, params } = JSON.parse(bytes.toString()) as ToService;
    try {
      if (call === "hello") handlers = greet(params as { device: string });
      if (!handlers) throw new Refusal(400, "say hello first");
      const result = callOf(handlers, call)(params);
      socket.send(JSON.stringify({ answer: ask, result: result ?? null }));
      if (call === "hello" && device) {
        device.attach(send);
        device.resume((params as { seen: number }).seen);
      }
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
      const { status, message: text } = refusal;
      socket.send(JSON.stringify({ answer: ask, refusal: { status, text } }));
    }
  });
  socket.on("close", () => device?.detach(send));
  socket.on("error", () => socket.terminate());
}

/** The page and this file are of one version: what it says is of the protocol. */
function callOf(handlers: Handlers, call: CallName): (params: unknown) => unknown {
  return handlers[call] as (params: unknown) => unknown;
}
