import type { FakeWhatsApp } from "@orquesta/providers/testing";
import { request } from "undici";
import { MeasuredProcess } from "./measured-process.ts";
import type { Subject } from "./subject.ts";

interface Told {
  readonly qr?: string;
  readonly number?: string;
}

/** The yardstick: see raw-program.ts. */
export async function startRaw(whatsapp: FakeWhatsApp, sinkUrl: string): Promise<Subject> {
  const program = new URL("./raw-program.ts", import.meta.url);
  const env = { WHATSAPP_URL: whatsapp.url, SINK_URL: sinkUrl };
  const raw = new MeasuredProcess(program, [], env);
  raw.child.on("message", ({ qr, number }: Told) => {
    if (qr && number)
      whatsapp
        .phone(number)
        .scan(qr)
        .catch(() => {});
  });
  const { port } = await raw.hear((message): message is { port: number } => "port" in message);
  return {
    name: "raw Baileys",
    async pair(number) {
      raw.child.send({ pair: number });
      await raw.hear((message): message is object => "open" in message && message.open === number);
    },
    async send(number, to, body) {
      const answer = await request(`http://127.0.0.1:${port}/`, {
        method: "POST",
        body: JSON.stringify({ number, to, body }),
      });
      await answer.body.dump();
    },
    measure: () => raw.measure(),
    reset: () => raw.reset(),
    close: () => raw.kill(),
  };
}
