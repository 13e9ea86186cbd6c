import { FakeWhatsApp, startFakeWhatsAppControl } from "@orquesta/providers/testing";
import { closeOnSignals } from "../server/close-on-signals.ts";

export interface FakeWhatsAppPorts {
  readonly port: number;
  readonly controlPort: number;
}

/** Runs a WhatsApp server for tests until a signal comes, with an HTTP API that plays the phone. */
export async function runFakeWhatsApp({ port, controlPort }: FakeWhatsAppPorts): Promise<void> {
  const whatsapp = await FakeWhatsApp.listen({ port });
  const control = await startFakeWhatsAppControl(whatsapp, { port: controlPort });
  console.log("Fake WhatsApp is ready; start Orquesta with");
  console.log(`  BAILEYS_WS_URL=${whatsapp.url}`);
  console.log(`  BAILEYS_ROOT_KEY=${whatsapp.rootKey}`);
  console.log(`and play the phone at ${control.url}`);
  const close = async () => {
    await control.close();
    await whatsapp.close();
  };
  closeOnSignals(close, (error) => console.error(error));
}
