import type { FakeWhatsApp } from "@orquesta/providers/testing";
import { until } from "./measured-process.ts";
import { Orquesta } from "./orquesta.ts";

/** From the start of a new process after `kill -9` until every account is logged in again, ms. */
export async function measureResume(whatsapp: FakeWhatsApp, accounts: number): Promise<number> {
  const numbers = Array.from({ length: accounts }, (_, index) => `55117${10_000_000 + index}`);
  const first = await Orquesta.start(whatsapp);
  for (const number of numbers) await first.pair(number);
  await first.kill();
  await until(() => numbers.every((number) => !whatsapp.isConnected(number)));
  const start = performance.now();
  const starting = Orquesta.start(whatsapp, { dataDir: first.dataDir });
  await until(() => numbers.every((number) => whatsapp.isConnected(number)));
  const ms = performance.now() - start;
  await (await starting).close();
  return ms;
}
