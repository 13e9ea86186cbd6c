import { OrquestaError } from "@orquesta/core";
import { FakeWhatsApp, startFakeWhatsAppControl } from "@orquesta/providers/testing";
import { z } from "zod";
import { closeOnSignals } from "../server/close-on-signals.ts";

export interface FakeWhatsAppPorts {
  readonly port: number;
  readonly controlPort: number;
}

const helpSchema = z.object({
  routes: z.array(
    z.object({ route: z.string(), does: z.string(), takes: z.record(z.string(), z.string()) }),
  ),
});

/** The control API says itself what it can do. */
async function describeRoutes(url: string): Promise<string[]> {
  const { routes } = helpSchema.parse(await (await fetch(url)).json());
  return routes.map(({ route, does, takes }) => {
    return `  ${route} { ${Object.keys(takes).join(", ")} }\n      ${does}`;
  });
}

function explainFailure(error: unknown): never {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    const message = "a port is in use: choose others with --port and --control-port";
    throw new OrquestaError("CONFIGURATION_INVALID", message, { cause: error });
  }
  throw error;
}

/** Runs a WhatsApp server for tests until a signal comes, with an HTTP API that plays the phones. */
export async function runFakeWhatsApp({ port, controlPort }: FakeWhatsAppPorts): Promise<void> {
  const whatsapp = await FakeWhatsApp.listen({ port }).catch(explainFailure);
  const control = await startFakeWhatsAppControl(whatsapp, { port: controlPort }).catch(
    explainFailure,
  );
  const lines = [
    "Fake WhatsApp is ready. Start Orquesta with",
    `  BAILEYS_WS_URL=${whatsapp.url}`,
    `  BAILEYS_ROOT_KEY=${whatsapp.rootKey}`,
    `Play the phones and the people who write at ${control.url}`,
    ...(await describeRoutes(control.url)),
  ];
  for (const line of lines) console.log(line);
  const close = async () => {
    await control.close();
    await whatsapp.close();
  };
  closeOnSignals(close, (error) => console.error(error));
}
