import { FakeWhatsAppError } from "../../fake-whatsapp-error.ts";
import { onWire, type Person } from "./person.ts";
import type { WebDevice } from "./web-device.ts";
import type { WebNetwork } from "./web-network.ts";

/** Links the page that shows this QR code. */
export function linkByQr(network: WebNetwork, person: Person, qr: string): void {
  const ref = qr.split(",")[0];
  const device = unlinked(network).find((candidate) => candidate.ref === ref);
  if (!device) throw new FakeWhatsAppError("BAD_QR", "no page shows this QR code now");
  link(network, person, device);
}

/** Links the page that shows this code for this person's phone. */
export function linkByCode(network: WebNetwork, person: Person, code: string): void {
  const typed = code.replaceAll(/[^0-9A-Za-z]/g, "").toUpperCase();
  const device = unlinked(network).find(
    ({ code: shown }) => shown?.code === typed && shown.number === person.number,
  );
  if (!device) throw new FakeWhatsAppError("WRONG_PAIRING_CODE", "no page shows this code now");
  link(network, person, device);
}

function unlinked({ devices }: WebNetwork): WebDevice[] {
  return [...devices.values()].filter((device) => !device.account && device.isConnected);
}

function link(network: WebNetwork, account: Person, device: WebDevice): void {
  device.account = account;
  device.code = null;
  device.deliver("paired", { me: onWire(account) });
  for (const person of network.people.values()) device.deliver("person", onWire(person));
  for (const group of network.groups.values()) {
    if (group.members.has(account)) device.deliver("group", group.onWire(network.addressing));
  }
}
