import { expect } from "vitest";
import { z } from "zod";
import type { FakeWhatsAppProgram } from "./fake-whatsapp-program.ts";
import type { Answer, OrquestaServer } from "./orquesta-server.ts";

export const ACCOUNT = "5511999990000";

const createdSchema = z.object({ instance_id: z.uuid() });
const qrSchema = z.object({ data: z.object({ qr_url: z.string(), url: z.string() }) });

/** The body of an answer that has to be a success. */
export function expectOk({ status, body }: Answer): unknown {
  expect(body, "the body of a successful answer").toMatchObject({ success: true });
  expect(status, "the HTTP status").toBe(200);
  return body;
}

/** Creates an instance with a webhook and pairs it with its phone; resolves with its id. */
export async function pairInstance(
  server: OrquestaServer,
  whatsapp: FakeWhatsAppProgram,
  webhook: { readonly url: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<string> {
  const created = await server.call("POST", "/instances", {
    company_id: "user-001",
    provider: "baileys",
    api_webhook_schema: webhook,
  });
  const id = createdSchema.parse(expectOk(created)).instance_id;
  const qr = qrSchema.parse(expectOk(await server.call("GET", `/instances/${id}/qr`))).data;
  expect(qr.qr_url, "the QR code as an image").toMatch(/^data:image\/png;base64,/);
  await whatsapp.scan(ACCOUNT, qr.url);
  await server.clientReady(id);
  return id;
}
